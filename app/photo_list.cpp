#include "app/photo_list.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

#include <fmt/format.h>

#include "vision/files/image.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

void add(PhotoList& list, const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    list.photos.push_back(path);  // should it not exist, reading it will say so in its turn
    return;
  }
  std::vector<fs::path> found;
  auto entry = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
  for (; !error && entry != fs::end(entry); entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored) && vision::looks_like_image_path(entry->path())) found.push_back(entry->path());
  }
  if (error) {
    list.problems.push_back(fmt::format("{}: cannot list the folder: {}", path.string(), error.message()));
  } else if (found.empty()) {
    list.problems.push_back(fmt::format("{}: there is no picture in this folder", path.string()));
  }
  std::sort(found.begin(), found.end());
  list.photos.insert(list.photos.end(), found.begin(), found.end());
}

}  // namespace

PhotoList list_photos(const std::vector<std::string>& words) {
  PhotoList list;
  for (const auto& word : words) {
    if (word.empty()) {
      list.problems.emplace_back("an empty name names no photo");
      continue;
    }
    if (word != "-") {
      add(list, word);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);) {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      std::istringstream names(line);  // find -print0 ends them with a zero byte
      for (std::string name; std::getline(names, name, '\0');) {
        if (!name.empty()) add(list, name);
      }
    }
  }
  return list;
}

}  // namespace saccade::app
