#include "core/data/split.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/base/random.hpp"

namespace saccade {
namespace {

/// Images of other splits, or of none, are left out and added to `findings`.
Split stated(const CaptionsFile& file, const CaptionDataset& dataset, std::vector<Finding>* findings) {
  Split split;
  for (const auto& image : dataset) {
    const auto found = file.splits().find(image.name);
    const std::string name = found == file.splits().end() ? "" : found->second;
    if (const auto part = part_of(name)) {
      (*part == Part::kTrain ? split.train : *part == Part::kDev ? split.dev : split.test).push_back(image.name);
    } else if (findings != nullptr) {
      findings->push_back({name.empty() ? "photo without split" : "photo of unknown split", file.path().string(),
                           name.empty()
                               ? fmt::format("'{}' has no split, though other photos have", image.name)
                               : fmt::format("the split '{}' of '{}' is none of train, dev and test", name, image.name),
                           false});
    }
  }
  return split;
}

std::uint64_t lot(const std::string& name, std::uint64_t seed) {
  std::uint64_t state = seed;
  for (const char c : name) state = derived_seed({state, static_cast<unsigned char>(c)});
  return state;
}

/// Split names in lower case.
constexpr std::pair<std::string_view, Part> kSplitNames[] = {
    {"train", Part::kTrain}, {"training", Part::kTrain}, {"restval", Part::kTrain},  {"dev", Part::kDev},
    {"val", Part::kDev},     {"valid", Part::kDev},      {"validation", Part::kDev}, {"development", Part::kDev},
    {"test", Part::kTest},   {"testing", Part::kTest}};

Split drawn(const CaptionDataset& dataset, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::string>> lots;
  for (const auto& image : dataset) lots.emplace_back(lot(image.name, seed), image.name);
  std::sort(lots.begin(), lots.end());
  const std::size_t share = std::min<std::size_t>(lots.size() / 10, 1000);
  const std::size_t dev = std::max<std::size_t>(share, 1), test = dev + share;
  Split split;
  for (std::size_t i = 0; i < lots.size(); ++i) {
    auto& part = i < dev ? split.dev : i < test ? split.test : split.train;
    part.push_back(std::move(lots[i].second));
  }
  return split;
}

}  // namespace

std::optional<Part> part_of(std::string_view name) {
  constexpr std::string_view kBlank = " \t";
  const std::size_t first = name.find_first_not_of(kBlank);
  const std::size_t last = name.find_last_not_of("0123456789_- \t");  // "train2014"
  if (first == std::string_view::npos || last == std::string_view::npos) return std::nullopt;
  std::string lower(name.substr(first, last - first + 1));
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  for (const auto& [known, part] : kSplitNames) {
    if (lower == known) return part;
  }
  return std::nullopt;
}

Split split_of(const CaptionsFile& file, const CaptionDataset& dataset, std::uint64_t seed,
               std::vector<Finding>* findings) {
  return file.splits().empty() ? drawn(dataset, seed) : stated(file, dataset, findings);
}

}  // namespace saccade
