#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

namespace saccade::app {

/// What stands before and behind the data in a page of assets/page, which begins with a note that this program made it.
std::pair<std::string, std::string> page_template(const std::string& name);

/// Data as an element of a page, in which nothing of theirs can be taken for HTML.
std::string page_data(const std::string& kind, const nlohmann::json& data);

/// How every page begins.
std::string_view page_beginning();

}  // namespace saccade::app
