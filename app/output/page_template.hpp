#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

namespace saccade::app {

/// A page of assets/page with its shared parts inserted.
std::string page_with_parts(const std::string& name);

/// What stands before and behind the data in a page of assets/page, which begins with a note that this program made it.
std::pair<std::string, std::string> page_template(const std::string& name);

/// How every page begins.
std::string_view page_beginning();

/// Whether a file begins as a page that this program made.
bool is_page(const std::filesystem::path& file);

}  // namespace saccade::app
