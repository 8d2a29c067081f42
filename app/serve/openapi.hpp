#pragma once

#include <string>
#include <vector>

#include "app/options/serve_options.hpp"

namespace saccade::app {

/// The interface as an OpenAPI 3.0 document.
std::string openapi_json(const ServeOptions& options, const std::vector<std::string>& models);

}  // namespace saccade::app
