#pragma once

#include <filesystem>
#include <string>

#include "core/base/fields.hpp"
#include "models/captioner.hpp"

namespace saccade::app {

/// Declares `--trust-torchscript`.
void declare(Fields& f, models::LoadOptions& load);

/// Throws UsageError if the minimum length exceeds the maximum.
void check_lengths(const models::SearchOptions& search);

/// The model that a command opens.
struct ModelOption {
  std::string model = "soft";
  models::LoadOptions load;

  void fields(Fields& f) {
    f(model, "model", "MODEL", "Use this model: soft, hard or a file.", Affects::kNothing);
    declare(f, load);
  }

  /// Throws Error if a bundled model is missing.
  std::filesystem::path file() const;

  /// Throws Error with the file name if it cannot be opened.
  models::Captioner open() const;
};

}  // namespace saccade::app
