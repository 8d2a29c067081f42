#include "core/data/coco_files.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/text/unicode.hpp"

namespace saccade {

namespace {

using Json = nlohmann::ordered_json;

/// "line 3, column 7" of a byte offset. All count from 1.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {}, column {}", line, std::max<std::size_t>(before.size() - line_begin, 1));
}

Json parse(const TextFile& file) {
  const auto& [path, content] = file;
  if (content.find_first_not_of(" \t\r\n") == std::string::npos) throw Error("{}: the file is empty", path.string());
  if (const std::size_t bad = first_invalid_byte(content); bad != std::string_view::npos) {
    throw Error("{}: {}: not valid UTF-8", path.string(), place_of(content, bad + 1));
  }
  try {
    return Json::parse(content);
  } catch (const Json::parse_error& error) {
    throw Error("{}: {}: bad JSON", path.string(), place_of(content, error.byte));
  } catch (const Json::out_of_range&) {
    throw Error("{}: bad JSON: a number is too large", path.string());
  }
}

/// A fault of one entry.
struct Fault {
  std::string place;  ///< "annotation 3"
  std::string what;
};

/// An object of an array in the file. Names itself in errors about missing keys.
class Entry {
 public:
  Entry(const char* array, std::size_t number, const Json& json) : array_(array), number_(number), json_(json) {
    if (!json.is_object()) fail("is not an object");
  }

  std::string id(const char* key) const {
    const Json& value = get(key);
    if (value.is_number_integer()) return value.dump();
    if (!value.is_string()) fail(fmt::format("\"{}\" is neither a whole number nor a string", key));
    return value.get<std::string>();
  }

  std::string text(const char* key) const {
    const Json& value = get(key);
    if (!value.is_string()) fail(fmt::format("\"{}\" is not a string", key));
    return value.get<std::string>();
  }

  bool has(const char* key) const { return json_.contains(key); }

  [[noreturn]] void fail(const std::string& what) const { throw Fault{fmt::format("{} {}", array_, number_), what}; }

 private:
  const Json& get(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) fail(fmt::format("there is no \"{}\"", key));
    return *found;
  }

  const char* array_;
  std::size_t number_;
  const Json& json_;
};

/// Numbers of entries by id, to find duplicates.
class Seen {
 public:
  /// The number of an earlier entry with this id, or 0.
  std::size_t insert(const std::string& id, std::size_t number) {
    const auto [place, fresh] = numbers_.emplace(id, number);
    return fresh ? 0 : place->second;
  }

 private:
  std::unordered_map<std::string, std::size_t> numbers_;
};

Json id_to_json(const std::string& id) {
  // Only ids that convert back to the same text become numbers: not "007" or "+7".
  const bool digits = !id.empty() && id.size() <= 18 && id.find_first_not_of("0123456789") == std::string::npos;
  if (digits && (id == "0" || id[0] != '0')) return static_cast<std::int64_t>(std::stoll(id));
  return id;
}

void write_json(const std::filesystem::path& path, const Json& json) {
  std::string text;
  try {
    text = json.dump();
  } catch (const Json::type_error&) {
    throw Error("{}: cannot be written: a caption or an id is not valid UTF-8", path.string());
  }
  write_file(path, text + "\n");
}

}  // namespace

HypothesisSet read_coco_results(const TextFile& file) {
  const auto& path = file.path;
  const Json json = parse(file);
  if (!json.is_array()) {
    throw Error(R"({}: COCO results are an array of objects with "image_id" and "caption")", path.string());
  }
  if (json.empty()) throw Error("{}: there is no caption in the file", path.string());
  HypothesisSet set;
  set.source = path.string();
  set.captions.reserve(json.size());
  Seen seen;
  for (std::size_t i = 0; i < json.size(); ++i) {
    try {
      const Entry entry("entry", i + 1, json[i]);
      ImageCaption caption{entry.id("image_id"), entry.text("caption")};
      if (const std::size_t before = seen.insert(caption.id, i + 1); before != 0) {
        entry.fail(fmt::format("image \"{}\" has a caption already, in entry {}", caption.id, before));
      }
      set.captions.push_back(std::move(caption));
    } catch (const Fault& fault) {
      throw Error("{}: {}: {}", path.string(), fault.place, fault.what);
    }
  }
  return set;
}

ReferenceSet read_coco_annotations(const TextFile& file, const CocoFault& fault) {
  const auto& path = file.path;
  const Json json = parse(file);
  if (!json.is_object() || !json.contains("annotations") || !json["annotations"].is_array()) {
    throw Error("{}: COCO annotations are an object with the array \"annotations\"", path.string());
  }
  ReferenceSet set;
  set.source = path.string();
  std::unordered_map<std::string, std::size_t> place_of_image;  // in `set`
  Seen seen_images, seen_annotations;
  const auto read_each = [&](const char* array, const Json& entries, const auto& read) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      try {
        read(Entry(array, i + 1, entries[i]), i + 1);
      } catch (const Fault& found) {
        if (!fault) throw Error("{}: {}: {}", path.string(), found.place, found.what);
        fault(found.place, found.what);
      }
    }
  };
  const bool listed = json.contains("images");
  if (listed) {
    if (!json["images"].is_array()) throw Error("{}: \"images\" is not an array", path.string());
    read_each("image", json["images"], [&](const Entry& entry, std::size_t number) {
      const std::string id = entry.id("id");
      if (const std::size_t before = seen_images.insert(id, number); before != 0) {
        entry.fail(fmt::format("id \"{}\" is there already, in image {}", id, before));
      }
      std::string name = entry.has("file_name") ? entry.text("file_name") : "";
      place_of_image.emplace(id, set.images.size());
      set.images.push_back({id, {}, std::move(name)});
    });
  }
  const Json& annotations = json["annotations"];
  if (annotations.empty()) throw Error("{}: there is no caption in the file", path.string());
  read_each("annotation", annotations, [&](const Entry& entry, std::size_t number) {
    if (entry.has("id")) {
      const std::string id = entry.id("id");
      if (const std::size_t before = seen_annotations.insert(id, number); before != 0) {
        entry.fail(fmt::format("id \"{}\" is there already, in annotation {}", id, before));
      }
    }
    const std::string image = entry.id("image_id");
    std::string caption = entry.text("caption");
    auto found = place_of_image.find(image);
    if (found == place_of_image.end()) {
      if (listed) entry.fail(fmt::format(R"(its image "{}" is not listed in "images")", image));
      found = place_of_image.emplace(image, set.images.size()).first;
      set.images.push_back({image, {}});
    }
    set.images[found->second].captions.push_back(std::move(caption));
  });
  return set;
}

void write_coco_results(const std::filesystem::path& path, const std::vector<ImageCaption>& captions) {
  Json json = Json::array();
  for (const ImageCaption& caption : captions) {
    json.push_back({{"image_id", id_to_json(caption.id)}, {"caption", caption.caption}});
  }
  write_json(path, json);
}

void write_coco_annotations(const std::filesystem::path& path, const std::vector<ImageReferences>& images) {
  Json list = Json::array();
  Json annotations = Json::array();
  for (const ImageReferences& image : images) {
    list.push_back({{"id", id_to_json(image.id)}});
    for (const std::string& caption : image.captions) {
      annotations.push_back({{"image_id", id_to_json(image.id)}, {"id", annotations.size() + 1}, {"caption", caption}});
    }
  }
  // COCO's tools do not use the other keys but fail if they are missing.
  write_json(path, {{"info", Json::object()},
                    {"licenses", Json::array()},
                    {"type", "captions"},
                    {"images", std::move(list)},
                    {"annotations", std::move(annotations)}});
}

}  // namespace saccade
