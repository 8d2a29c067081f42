// JSON Lines: one object per line with an image name, a caption or a list of captions, and optionally a split:
// {"image": "a.jpg", "captions": ["A dog.", "The dog runs."], "split": "train"}

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/data/format.hpp"

namespace saccade {
namespace {

using nlohmann::json;

const json* find(const json& object, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    if (const auto found = object.find(key); found != object.end()) return &*found;
  }
  return nullptr;
}

/// The caption, or the list of captions.
const json* find_captions(const json& object) {
  const json* several = find(object, {"captions"});
  return several != nullptr ? several : find(object, kCaptionKeys);
}

void read_line(std::string_view line, const std::string& place, CaptionsFile& file) {
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return file.malformed(place, "not a JSON object");
  const json* image = find(object, kImageKeys);
  const json* captions = find_captions(object);
  if (image == nullptr || !image->is_string()) return file.malformed(place, R"(there is no text "image")");
  if (captions == nullptr) return file.malformed(place, R"(there is neither "caption" nor "captions")");
  const json list = captions->is_array() ? *captions : json::array({*captions});
  for (const json& caption : list) {
    if (!caption.is_string()) return file.malformed(place, "a caption is not text");
  }
  const auto& name = image->get_ref<const std::string&>();
  if (const json* split = find(object, {"split"}); split != nullptr && !split->is_null()) {
    file.put(name, split->is_string() ? split->get<std::string>() : split->dump(), place);
  }
  if (list.empty()) return file.uncaptioned(name, place);
  for (const json& caption : list) file.add(name, caption.get_ref<const std::string&>(), place);
}

void read(const CaptionsSource& source, CaptionsFile& file) {
  for_each_line(source.text, [&file](std::string_view line, std::size_t number) {
    if (line.find_first_not_of(" \t") != std::string_view::npos) read_line(line, fmt::format("line {}", number), file);
  });
}

bool recognizes(const CaptionsSource& source) {
  const std::string_view line = first_line(source.text);
  constexpr std::size_t kLongestLine = std::size_t{1} << 20;  // a longer line is another format
  if (line.substr(0, 1) != "{" || line.size() > kLongestLine) return false;
  const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  return object.is_object() && find(object, kImageKeys) != nullptr && find_captions(object) != nullptr;
}

}  // namespace

void register_jsonl(CaptionFormatRegistry& registry) {
  registry.add("jsonl", {recognizes, read});
}

}  // namespace saccade
