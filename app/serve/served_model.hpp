#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/options/serve_options.hpp"
#include "models/captioner.hpp"

namespace saccade::app {

/// A model in memory.
struct ServedModel {
  std::string name;  ///< the name in requests
  models::Captioner captioner;
  std::string description;  ///< a JSON object
};

/// Throws Error if a model cannot be opened, and UsageError if two have the same name.
std::vector<std::unique_ptr<ServedModel>> open_models(const ServeOptions& options);

}  // namespace saccade::app
