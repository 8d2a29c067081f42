#include "core/data/dataset.hpp"

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/text/tokenizer.hpp"
#include "core/text/unicode.hpp"

namespace saccade {
namespace {

namespace fs = std::filesystem;

/// Calls `use(line, number)` for every line of `text`, without its line end (\n or \r\n).
template <typename Use>
void for_each_line(std::string_view text, Use use) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    use(line, number);
  }
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.substr(0, kMark.size()) == kMark ? text.substr(kMark.size()) : text;
}

/// An image's name is joined to the images' folder, so it may not lead out of it.
void check_name(std::string_view name, const std::string& place) {
  if (name.empty()) throw Error("{}: the image's name is empty", place);
  if (!is_utf8(name) || name.find('\0') != std::string_view::npos) {
    throw Error("{}: the image's name is not valid UTF-8 text", place);
  }
  const fs::path path{std::string(name)};
  bool leaves = path.is_absolute();
  for (const auto& part : path) leaves = leaves || part == "..";
  if (leaves) throw Error("{}: the image's name '{}' leads out of the images' folder", place, name);
}

class Collector {
 public:
  void add(std::string_view name, std::vector<std::string> words) {
    const auto [found, is_new] = place_.emplace(std::string(name), images_.size());
    if (is_new) images_.push_back({std::string(name), {}});
    if (!words.empty()) images_[found->second].captions.push_back(std::move(words));
  }

  CaptionDataset take(const fs::path& file) {
    if (images_.empty()) throw Error("{}: there is no caption in this file", file.string());
    for (const auto& image : images_) {
      if (image.captions.empty()) throw Error("{}: no caption of '{}' has any word", file.string(), image.name);
    }
    return std::move(images_);
  }

 private:
  CaptionDataset images_;
  std::unordered_map<std::string, std::size_t> place_;
};

CaptionDataset read_flickr(const fs::path& file, std::string_view text) {
  Collector dataset;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (line.empty()) return;
    const std::string place = fmt::format("{}: line {}", file.string(), number);
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) throw Error("{}: expected 'name#k<TAB>caption', found no tab", place);
    const std::string_view key = line.substr(0, tab);
    const std::size_t hash = key.rfind('#');
    if (hash == std::string_view::npos) throw Error("{}: expected 'name#k<TAB>caption', found no '#'", place);
    check_name(key.substr(0, hash), place);
    try {
      dataset.add(key.substr(0, hash), tokenize(line.substr(tab + 1)));
    } catch (const Error& error) {
      throw Error("{}: {}", place, error.what());
    }
  });
  return dataset.take(file);
}

CaptionDataset read_karpathy(const fs::path& file, std::string_view text) {
  using nlohmann::json;
  Collector dataset;
  std::string place = file.string();
  try {
    const json root = json::parse(text);
    std::size_t number = 0;
    for (const auto& image : root.at("images")) {
      place = fmt::format("{}: image {}", file.string(), ++number);
      const auto& name = image.at("filename").get_ref<const std::string&>();
      check_name(name, place);
      for (const auto& sentence : image.at("sentences")) {
        std::string raw;
        if (sentence.contains("tokens")) {
          if (!sentence.at("tokens").is_array()) throw Error("{}: its tokens are no list", place);
          for (const auto& token : sentence.at("tokens")) raw += token.get_ref<const std::string&>() + " ";
        } else {
          raw = sentence.at("raw").get<std::string>();
        }
        dataset.add(name, tokenize(raw));
      }
    }
  } catch (const json::exception& error) {
    throw Error("{}: not as in Karpathy's JSON form of captions: {}", place, error.what());
  }
  return dataset.take(file);
}

}  // namespace

CaptionDataset read_captions(const fs::path& file) {
  const std::string content = read_file(file);
  const std::string_view text = without_byte_order_mark(content);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) throw Error("{}: the captions file is empty", file.string());
  return text[first] == '{' ? read_karpathy(file, text) : read_flickr(file, text);
}

std::vector<std::string> read_list(const fs::path& file) {
  const std::string content = read_file(file);
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for_each_line(without_byte_order_mark(content), [&](std::string_view line, std::size_t number) {
    const std::size_t end = line.find_last_not_of(" \t");
    if (end == std::string_view::npos) return;
    const std::string_view name = line.substr(0, end + 1);
    const std::string place = fmt::format("{}: line {}", file.string(), number);
    check_name(name, place);
    if (!seen.emplace(name).second) throw Error("{}: '{}' is listed twice", place, name);
    names.emplace_back(name);
  });
  if (names.empty()) throw Error("{}: the list names no image", file.string());
  return names;
}

CaptionDataset select(const CaptionDataset& dataset, const std::vector<std::string>& names,
                      const fs::path& captions_file) {
  std::unordered_map<std::string_view, const CaptionedImage*> by_name;
  for (const auto& image : dataset) by_name.emplace(image.name, &image);
  CaptionDataset selected;
  selected.reserve(names.size());
  for (const auto& name : names) {
    const auto found = by_name.find(name);
    if (found == by_name.end())
      throw Error("{}: there is no caption of the listed image '{}'", captions_file.string(), name);
    selected.push_back(*found->second);
  }
  return selected;
}

}  // namespace saccade
