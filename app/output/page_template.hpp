#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace saccade::app {

/// A page of assets/page with its shared parts inserted.
std::string page_with_parts(const std::string& name);

/// The parts of a page of assets/page before and after its data. The first starts with a note that this program wrote
/// the page.
std::pair<std::string, std::string> page_template(const std::string& name);

/// The start of every page.
std::string_view page_beginning();

/// Whether a file is a page that this program wrote.
bool is_page(const std::filesystem::path& file);

}  // namespace saccade::app
