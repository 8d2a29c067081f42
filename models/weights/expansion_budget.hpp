#pragma once

#include <cstdint>
#include <string>

#include "core/base/error.hpp"

namespace saccade::models {

/// How much memory a file may make its reader use: 100 times its own length and a mebibyte. Weights hardly compress, so
/// a file that asks for more (a zip bomb, a tensor of petabytes made from one number) is refused before the memory is.
class ExpansionBudget {
 public:
  explicit ExpansionBudget(std::uint64_t file_size) : left_(file_size * 100 + (std::uint64_t{1} << 20)) {}

  /// Throws Error, blaming `what` in `file`, when nothing like `bytes` is left.
  void spend(std::uint64_t bytes, const std::string& what, const std::string& file) {
    if (bytes > left_) {
      throw Error("{}: {} asks for {} bytes, more than a file of this length may hold", file, what, bytes);
    }
    left_ -= bytes;
  }

 private:
  std::uint64_t left_;
};

}  // namespace saccade::models
