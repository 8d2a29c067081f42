#include "core/data/split.hpp"

#include <algorithm>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/random.hpp"

namespace saccade {
namespace {

Split told(const CaptionsFile& file, const CaptionDataset& dataset) {
  Split split;
  for (const auto& image : dataset) {
    const auto found = file.splits().find(image.name);
    const std::string name = found == file.splits().end() ? "" : found->second;
    if (name == "train" || name == "restval") split.train.push_back(image.name);
    if (name == "val" || name == "dev") split.dev.push_back(image.name);
    if (name == "test") split.test.push_back(image.name);
  }
  return split;
}

std::uint64_t lot(const std::string& name, std::uint64_t seed) {
  std::uint64_t state = seed;
  for (const char c : name) state = derived_seed({state, static_cast<unsigned char>(c)});
  return state;
}

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

Split split_of(const CaptionsFile& file, const CaptionDataset& dataset, std::uint64_t seed) {
  Split split = file.splits().empty() ? drawn(dataset, seed) : told(file, dataset);
  if (split.train.empty() || split.dev.empty()) {
    throw Error("{}: of its {} images {} are to learn from and {} to choose the best model by; give it more images",
                file.path().string(), dataset.size(), split.train.size(), split.dev.size());
  }
  return split;
}

}  // namespace saccade
