#include "models/training/box_targets.hpp"

#include <algorithm>
#include <numeric>

#include "core/metrics/grounding.hpp"

namespace saccade::models {
namespace {

/// The boxes as fractions of a crop; boxes outside of it are dropped.
std::vector<Box> cropped(const std::vector<Box>& boxes, const vision::Crop& crop) {
  std::vector<Box> seen;
  for (const Box& box : boxes) {
    Box part{std::clamp((box.left - crop.left) / crop.width, 0.0, 1.0),
             std::clamp((box.top - crop.top) / crop.height, 0.0, 1.0),
             std::clamp((box.right - crop.left) / crop.width, 0.0, 1.0),
             std::clamp((box.bottom - crop.top) / crop.height, 0.0, 1.0)};
    if (crop.mirrored) part = {1 - part.right, part.top, 1 - part.left, part.bottom};
    if (part.left < part.right && part.top < part.bottom) seen.push_back(part);
  }
  return seen;
}

}  // namespace

BoxTargets::BoxTargets(const CaptionDataset& dataset, const std::vector<const AnnotatedPhoto*>& photos,
                       const Vocabulary& vocabulary, const Grid& grid, int heads)
    : grid_(grid), heads_(heads) {
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const CaptionedImage& image = dataset[i];
    auto& of_image = boxed_.emplace_back(image.captions.size());
    auto& by_word = named_.emplace_back();
    const AnnotatedPhoto* photo = photos[i];
    if (photo == nullptr) continue;
    for (auto& [word, boxes] : boxes_by_word(*photo)) {
      const std::int64_t number = vocabulary.index(word);
      if (number != Vocabulary::kUnknown) by_word[number] = boxes;
    }
    for (const AnnotatedCaption& written : photo->captions) {
      const AnnotatedCaption caption = tokenize(written);
      const auto found = std::find(image.captions.begin(), image.captions.end(), caption.words);
      if (found == image.captions.end()) continue;
      auto& words = of_image[static_cast<std::size_t>(found - image.captions.begin())];
      if (!words.empty()) continue;  // duplicate caption
      ++captions_;
      for (const Phrase& phrase : caption.phrases) {
        const auto boxes = photo->boxes.find(phrase.entity);
        if (boxes == photo->boxes.end() || cropped(boxes->second, {}).empty()) continue;
        words.push_back({phrase.last, boxes->second});
      }
      words_ += words.size();
    }
  }
}

MapTargets BoxTargets::of(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                          const CaptionBatch& batch) const {
  std::vector<std::int64_t> first_of_step(batch.active.size(), 0);  // packed position of the first row of step t
  std::partial_sum(batch.active.begin(), batch.active.end() - 1, first_of_step.begin() + 1);
  const torch::Tensor order = batch.order.to(torch::kCPU);
  std::vector<std::int64_t> row_of(static_cast<std::size_t>(order.size(0)));
  for (std::int64_t row = 0; row < order.size(0); ++row) {
    row_of[static_cast<std::size_t>(order[row].item<std::int64_t>())] = row;
  }

  std::vector<std::int64_t> positions;
  std::vector<float> coverage;
  std::size_t number = 0;  // caption index in the batch
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const auto& words : boxed_[images[i]]) {
      for (const BoxedWord& word : words) {
        const std::vector<Box> boxes = cropped(word.boxes, crops[i]);
        if (boxes.empty()) continue;
        positions.push_back(first_of_step[word.place] + row_of[number]);
        for (const double part : metrics::coverage(boxes, grid_)) coverage.push_back(static_cast<float>(part));
      }
      ++number;
    }
  }
  return targets(positions, coverage, batch.row.device());
}

MapTargets BoxTargets::named(const std::vector<std::size_t>& images, const std::vector<vision::Crop>& crops,
                             const CaptionBatch& batch) const {
  const torch::Tensor words = batch.targets.to(torch::kCPU);
  const torch::Tensor image = batch.image.index_select(0, batch.row).to(torch::kCPU);
  std::vector<std::int64_t> positions;
  std::vector<float> coverage;
  for (std::int64_t position = 0; position < words.size(0); ++position) {
    const auto i = static_cast<std::size_t>(image.data_ptr<std::int64_t>()[position]);
    const auto& by_word = named_[images[i]];
    const auto found = by_word.find(words.data_ptr<std::int64_t>()[position]);
    if (found == by_word.end()) continue;
    const std::vector<Box> boxes = cropped(found->second, crops[i]);
    if (boxes.empty()) continue;
    positions.push_back(position);
    for (const double part : metrics::coverage(boxes, grid_)) coverage.push_back(static_cast<float>(part));
  }
  return targets(positions, coverage, batch.row.device());
}

MapTargets BoxTargets::targets(const std::vector<std::int64_t>& positions, const std::vector<float>& coverage,
                               torch::Device device) const {
  if (positions.empty()) return {};
  const auto count = static_cast<std::int64_t>(positions.size());
  return {torch::tensor(positions, torch::kLong).to(device),
          torch::tensor(coverage).view({count, grid_.cells()}).to(device), heads_};
}

}  // namespace saccade::models
