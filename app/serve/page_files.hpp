#pragma once

#include <string>
#include <vector>

namespace saccade::app {

/// The files of the page, made of assets/page once.
struct PageFiles {
  std::string html, style, script;
};

/// `models`: their names, the first of which is the default. Throws Error where one of the assets is missing.
PageFiles page_files(const std::vector<std::string>& models, bool needs_token);

}  // namespace saccade::app
