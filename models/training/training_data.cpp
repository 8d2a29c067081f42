#include "models/training/training_data.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "models/training/evaluation_log.hpp"

namespace saccade::models {
namespace {

std::size_t images_of(const TrainingSet& set) {
  return static_cast<std::size_t>(std::llround(set.weight * static_cast<double>(set.training.size())));
}

}  // namespace

CaptionDataset training_images(const TrainingSets& sets) {
  CaptionDataset images;
  for (const TrainingSet& set : sets) images.insert(images.end(), set.training.begin(), set.training.end());
  return images;
}

std::vector<const AnnotatedPhoto*> training_boxes(const TrainingSets& sets) {
  std::vector<const AnnotatedPhoto*> boxes;
  for (const TrainingSet& set : sets) {
    for (const CaptionedImage& image : set.training) {
      boxes.push_back(set.boxes ? set.boxes->find(image.name) : nullptr);
    }
  }
  return boxes;
}

std::vector<std::size_t> epoch_order(const TrainingSets& sets, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::size_t> order;
  std::size_t first = 0;
  for (const TrainingSet& set : sets) {
    std::vector<std::size_t> places(set.training.size());
    std::iota(places.begin(), places.end(), first);
    for (std::size_t left = images_of(set); left > 0;) {
      if (left < places.size()) std::shuffle(places.begin(), places.end(), random);
      const std::size_t taken = std::min(left, places.size());
      order.insert(order.end(), places.begin(), places.begin() + static_cast<std::ptrdiff_t>(taken));
      left -= taken;
    }
    first += set.training.size();
  }
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

std::size_t epoch_size(const TrainingSets& sets) {
  std::size_t size = 0;
  for (const TrainingSet& set : sets) size += images_of(set);
  return size;
}

std::vector<CaptionDataset> example_images(const TrainingSets& sets) {
  std::size_t left = kExamples;
  auto sharing = static_cast<std::size_t>(
      std::count_if(sets.begin(), sets.end(), [](const TrainingSet& set) { return !set.dev.empty(); }));
  std::vector<CaptionDataset> examples;
  for (const TrainingSet& set : sets) {
    const std::size_t share = set.dev.empty() ? 0 : std::min(set.dev.size(), (left + sharing - 1) / sharing);
    if (!set.dev.empty()) --sharing;
    left -= share;
    examples.emplace_back(set.dev.begin(), set.dev.begin() + static_cast<std::ptrdiff_t>(share));
  }
  return examples;
}

}  // namespace saccade::models
