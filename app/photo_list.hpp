#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// The pictures that the words of a command line name: files as they are, folders as the pictures in and below them
/// (sorted by name, told by their extension), `-` as a list of either on standard input, one a line
/// or ended by zero bytes.
struct PhotoList {
  std::vector<std::filesystem::path> photos;
  std::vector<std::string> problems;  ///< a sentence for each word that names nothing
};

PhotoList list_photos(const std::vector<std::string>& words);

}  // namespace saccade::app
