#pragma once

#include <string>
#include <vector>

namespace saccade::app {

/// The files of the page, built from assets/page.
struct PageFiles {
  std::string html, style, script;
};

/// `models`: their names. Throws Error if an asset is missing.
PageFiles page_files(const std::vector<std::string>& models, bool needs_token);

}  // namespace saccade::app
