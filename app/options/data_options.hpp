#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "core/base/fields.hpp"

namespace saccade::app {

/// The captions dataset that a command reads.
struct DataOptions {
  std::filesystem::path images, captions;  ///< complete() lets captions be the images' folder where they are not given
  std::string format = "auto";
  std::uint64_t split_seed = 1;
  bool skip_broken = false;
  std::filesystem::path report;  ///< file for the list of findings, or empty
  std::string tokens = "words";  ///< "words" or "characters"

  void fields(Fields& f);

  /// Declares --tokens, for commands that do not take it from a model.
  void token_fields(Fields& f);

  /// Lets `captions` be the images' folder where they are not given. Throws UsageError without an images' folder.
  void complete();
};

}  // namespace saccade::app
