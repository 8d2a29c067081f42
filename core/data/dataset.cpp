#include "core/data/dataset.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/format.hpp"

namespace saccade {

namespace fs = std::filesystem;

namespace {

/// Adds a finding if captions of a script without spaces are not segmented, by the mean length of their words: 1.7
/// characters in segmented Chinese, 3 to 4 in Thai.
void note_unsegmented(const CaptionsFile& file, const CaptionDataset& images, std::vector<Finding>& findings) {
  constexpr std::size_t kLongestMean = 5;
  std::size_t captions = 0, words = 0, characters = 0;
  std::string example;
  for (const auto& image : images) {
    for (const auto& caption : image.captions) {
      std::size_t longest = 0;
      for (const auto& word : caption) {
        const std::size_t length = unspaced_characters(word);
        if (length == 0) continue;
        ++words;
        characters += length;
        longest = std::max(longest, length);
        if (length > kLongestMean && example.empty()) example = word;
      }
      captions += longest > kLongestMean ? 1 : 0;
    }
  }
  if (words == 0 || characters <= kLongestMean * words) return;
  findings.push_back(
      {"unsegmented text", file.path().string(),
       fmt::format("{} captions of a script without spaces are not divided into words, such as '{}'; put "
                   "spaces between the words (jieba does for Chinese, MeCab for Japanese, PyThaiNLP for "
                   "Thai), or make each character a word with --tokens characters",
                   captions, example),
       false});
}

}  // namespace

CaptionDataset collect(const CaptionsFile& file, std::vector<Finding>& findings, TokenUnit unit) {
  findings.insert(findings.end(), file.findings().begin(), file.findings().end());
  CaptionDataset images;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const CaptionEntry& entry : file.entries()) {
    const auto [found, is_new] = places.emplace(entry.image, images.size());
    if (is_new) images.push_back({entry.image, {}});
    auto& captions = images[found->second].captions;
    auto words = tokenize(entry.text, unit);
    const auto note = [&](const char* kind, std::string what) {
      findings.push_back({kind, fmt::format("{}: {}", file.path().string(), entry.place), std::move(what), false});
    };
    if (words.empty()) {
      note("empty caption", fmt::format("a caption of '{}' has no word", entry.image));
      continue;
    }
    if (std::find(captions.begin(), captions.end(), words) != captions.end()) {
      note("doubled caption", fmt::format("'{}' has this caption already: {}", entry.image, entry.text));
    }
    captions.push_back(std::move(words));
  }
  const auto uncaptioned = [](const CaptionedImage& image) { return image.captions.empty(); };
  for (const auto& image : images) {
    if (!uncaptioned(image)) continue;
    findings.push_back(
        {"photo without caption", file.path().string(), fmt::format("no caption of '{}' has any word", image.name)});
  }
  images.erase(std::remove_if(images.begin(), images.end(), uncaptioned), images.end());
  note_unsegmented(file, images, findings);
  return images;
}

CaptionDataset read_captions(const fs::path& file) {
  std::vector<Finding> findings;
  CaptionDataset dataset = collect(read_captions_file(file), findings);
  refuse(findings);
  return dataset;
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
    if (const std::string fault = fault_of_name(name); !fault.empty()) throw Error("{}: {}", place, fault);
    if (!seen.emplace(name).second) throw Error("{}: '{}' is listed twice", place, name);
    names.emplace_back(name);
  });
  if (names.empty()) throw Error("{}: the list names no image", file.string());
  return names;
}

CaptionDataset select(const CaptionDataset& dataset, const std::vector<std::string>& names,
                      const fs::path& captions_file, std::vector<Finding>& findings) {
  std::unordered_map<std::string_view, const CaptionedImage*> by_name;
  for (const auto& image : dataset) by_name.emplace(image.name, &image);
  CaptionDataset selected;
  selected.reserve(names.size());
  for (const auto& name : names) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) {
      findings.push_back({"photo without caption", captions_file.string(),
                          fmt::format("there is no caption of the listed image '{}'", name)});
    } else {
      selected.push_back(*found->second);
    }
  }
  return selected;
}

void refuse(const std::vector<Finding>& findings) {
  const auto stops = [](const Finding& finding) { return finding.stops; };
  const auto found = std::find_if(findings.begin(), findings.end(), stops);
  if (found != findings.end()) throw Error("{}: {}", found->where, found->what);
}

}  // namespace saccade
