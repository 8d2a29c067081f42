// A folder of photos with text files beside them: a.jpg and a.txt, in which every line is a caption.

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// The files beside a text file that are called as it is, but for the extension.
struct Group {
  std::vector<fs::path> photos;
  bool text = false;
};

/// By their names relative to the folder, without extension.
std::map<std::string, Group> groups_of(const fs::path& folder) {
  std::map<std::string, Group> groups;
  for (const auto& entry : fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied)) {
    if (!entry.is_regular_file() || entry.path().filename().string().front() == '.') continue;
    const fs::path name = entry.path().lexically_relative(folder);
    Group& group = groups[(name.parent_path() / name.stem()).string()];
    if (name.extension() == ".txt") {
      group.text = true;
    } else {
      group.photos.push_back(name);
    }
  }
  return groups;
}

void read(const CaptionsSource& source, CaptionsFile& file) {
  if (!source.is_folder) throw Error("{}: is a file, and --format folder is a folder", source.path.string());
  for (auto& [stem, group] : groups_of(source.path)) {
    const std::string name = stem + ".txt";
    if (!group.text) continue;
    if (group.photos.empty()) {
      file.malformed(name, "there is no photo beside this text");
      continue;
    }
    std::sort(group.photos.begin(), group.photos.end());
    const std::string text = read_file(source.path / name);
    for (const auto& photo : group.photos) {
      for_each_line(text, [&](std::string_view line, std::size_t number) {
        if (!line.empty()) file.add(photo.string(), line, fmt::format("{}: line {}", name, number));
      });
    }
  }
}

bool recognises(const CaptionsSource& source) {
  return source.is_folder;
}

}  // namespace

void register_folder(CaptionFormatRegistry& registry) {
  registry.add("folder", {recognises, read});
}

}  // namespace saccade
