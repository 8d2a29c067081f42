#pragma once

#include <filesystem>
#include <string>

#include "core/base/fields.hpp"

namespace saccade::app {

/// The model that a command opens.
struct ModelOption {
  std::string model = "soft";

  void fields(Fields& f) {
    f(model, "model", "FILE", "Model: a file, or soft or hard, which come with the program.", Affects::kNothing);
  }

  /// Throws Error when a model of the program's own is not there.
  std::filesystem::path file() const;
};

}  // namespace saccade::app
