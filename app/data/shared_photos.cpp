#include "app/data/shared_photos.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <system_error>
#include <unordered_map>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;

/// A photo whose contents are read when they are asked for.
struct Photo {
  fs::path file;
  std::string name;
  std::optional<std::uint64_t> contents{};

  std::uint64_t fingerprint() {
    if (!contents) {
      Fingerprint print;
      print.add(read_file(file));
      contents = print.number();
    }
    return *contents;
  }
};

/// The photo with the same bytes as `file`; null where there is none.
Photo* same_bytes(std::vector<Photo>& photos, const fs::path& file) {
  try {
    Photo own{file, {}};
    for (Photo& photo : photos) {
      if (photo.fingerprint() == own.fingerprint()) return &photo;
    }
  } catch (const Error&) {  // it became unreadable; whoever reads it next says so
  }
  return nullptr;
}

}  // namespace

std::vector<Finding> shared_photos(const CaptionDataset& training, const CaptionDataset& other,
                                   const std::string& name) {
  std::unordered_map<std::string, std::string> by_path;
  std::map<std::uintmax_t, std::vector<Photo>> by_size;
  std::error_code error;
  for (const auto& image : training) {
    const fs::path& file = image.file;
    by_path.emplace(fs::weakly_canonical(file, error).string(), image.name);
    const std::uintmax_t size = fs::file_size(file, error);
    if (!error) by_size[size].push_back({file, image.name});
  }
  std::vector<Finding> shared;
  for (const auto& image : other) {
    const fs::path& file = image.file;
    const auto same = by_path.find(fs::weakly_canonical(file, error).string());
    if (same != by_path.end()) {
      shared.push_back({"shared photo", image.name, fmt::format("it is in train and in {}", name), false});
      continue;
    }
    const std::uintmax_t size = fs::file_size(file, error);
    const auto alike = error ? by_size.end() : by_size.find(size);
    if (alike == by_size.end()) continue;
    if (const Photo* photo = same_bytes(alike->second, file)) {
      shared.push_back({"shared photo", image.name,
                        fmt::format("it is in {}, and has the same bytes as '{}' in train", name, photo->name), false});
    }
  }
  return shared;
}

}  // namespace saccade::app
