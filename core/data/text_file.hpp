#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "core/base/atomic_file.hpp"

namespace saccade {

/// A file's name and what is in it, read once: a pipe gives it only once.
struct TextFile {
  std::filesystem::path path;
  std::string text;

  /// Reads it: where a file of text is wanted, its path will do. Throws Error when it cannot be read.
  // NOLINTNEXTLINE(google-explicit-constructor): as above
  TextFile(std::filesystem::path file) : path(std::move(file)), text(read_file(path)) {}

  /// One that was read already.
  TextFile(std::filesystem::path file, std::string content) : path(std::move(file)), text(std::move(content)) {}
};

}  // namespace saccade
