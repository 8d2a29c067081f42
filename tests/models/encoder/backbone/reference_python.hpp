#pragma once

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <torch/types.h>

#include "core/base/atomic_file.hpp"

namespace saccade::test {

/// Runs `python3 SCRIPT FOLDER`, or $SACCADE_PYTHON in place of python3. Returns false if Python is missing or the
/// script exits with 77 because an import failed. REQUIREs success otherwise.
inline bool run_reference(const std::string& script, const std::filesystem::path& folder) {
  const char* const python = std::getenv("SACCADE_PYTHON");
  const std::filesystem::path log = folder / "log";
  const std::string command = std::string(python != nullptr ? python : "python3") + " '" + script + "' '" +
                              folder.string() + "' > '" + log.string() + "' 2>&1";
  const int status = std::system(command.c_str());
  if (!WIFEXITED(status) || WEXITSTATUS(status) == 77 || WEXITSTATUS(status) == 127) return false;
  INFO(read_file(log));
  REQUIRE(WEXITSTATUS(status) == 0);
  return true;
}

/// Reads a file of raw 32-bit floats.
inline torch::Tensor read_floats(const std::filesystem::path& path, torch::IntArrayRef sizes) {
  const std::string bytes = read_file(path);
  torch::Tensor tensor = torch::empty(sizes);
  REQUIRE(bytes.size() == tensor.nbytes());
  std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
  return tensor;
}

}  // namespace saccade::test
