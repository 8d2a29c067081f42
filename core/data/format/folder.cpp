// A folder with a text file per photo: a.jpg and a.txt (or a.caption), one caption per line.

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/image_name.hpp"
#include "core/data/folder_files.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Contents of a folder, as relative paths.
struct Contents {
  std::vector<fs::path> photos;
  std::map<std::string, std::vector<fs::path>> texts;  ///< by name without extension, .txt before .caption
  std::vector<fs::path> others;
};

Contents sorted(const std::vector<fs::path>& names) {
  Contents contents;
  for (const fs::path& name : names) {
    if (is_caption_text(name)) {
      contents.texts[(name.parent_path() / name.stem()).string()].push_back(name);
    } else {
      (has_image_extension(name) ? contents.photos : contents.others).push_back(name);
    }
  }
  for (auto& [stem, texts] : contents.texts) {
    const auto is_caption = [](const fs::path& name) { return name.extension().string().size() > 4; };
    std::stable_partition(texts.begin(), texts.end(), [&](const fs::path& name) { return !is_caption(name); });
  }
  return contents;
}

/// The text file of a photo: a.jpg.txt, otherwise a.txt, or null.
const std::vector<fs::path>* texts_of(const Contents& contents, const fs::path& photo) {
  for (const fs::path& stem : {photo, photo.parent_path() / photo.stem()}) {
    if (const auto found = contents.texts.find(stem.string()); found != contents.texts.end()) return &found->second;
  }
  return nullptr;
}

void read_text(const fs::path& folder, const fs::path& photo, const fs::path& name, CaptionsFile& file) {
  std::string text;
  try {
    text = read_file(folder / name);
  } catch (const Error& error) {
    return file.malformed(name.string(), error.what());
  }
  bool any = false;
  for_each_line(without_byte_order_mark(text), [&](std::string_view line, std::size_t number) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    any = true;
    file.add(photo.string(), line, fmt::format("{}: line {}", name.string(), number));
  });
  if (!any) {
    file.note("photo without text", (folder / photo).string(), fmt::format("'{}' is empty", name.string()));
  }
}

void read(const CaptionsSource& source, CaptionsFile& file) {
  if (!source.is_folder) throw Error("{}: is a file, and --format folder is a folder", source.path.string());
  const FolderFiles files = files_below(source.path);
  for (const std::string& folder : files.unreadable) file.malformed(folder, "the folder cannot be listed");
  const Contents contents = sorted(files.names);
  std::set<fs::path> used;
  for (const fs::path& photo : contents.photos) {
    const auto* const texts = texts_of(contents, photo);
    if (texts == nullptr) {
      file.note("photo without text", (source.path / photo).string(), "there is no text beside it");
      continue;
    }
    used.insert(texts->begin(), texts->end());
    read_text(source.path, photo, texts->front(), file);
    for (std::size_t i = 1; i < texts->size(); ++i) {
      file.note("second text", (source.path / (*texts)[i]).string(),
                fmt::format("'{}' is read in its place", texts->front().string()));
    }
  }
  for (const auto& [stem, texts] : contents.texts) {
    for (const fs::path& text : texts) {
      if (used.count(text) == 0) {
        file.note("text without photo", (source.path / text).string(), "there is no photo of this name beside it");
      }
    }
  }
  for (const fs::path& other : contents.others) {
    file.note(kOtherFile, (source.path / other).string(), "no photo and no text by its name");
  }
}

bool recognizes(const CaptionsSource& source) {
  return source.is_folder;
}

}  // namespace

void register_folder(CaptionFormatRegistry& registry) {
  registry.add("folder", {recognizes, read});
}

}  // namespace saccade
