#include "models/training/batches.hpp"

#include <algorithm>
#include <numeric>
#include <random>
#include <string>
#include <utility>

#include <opencv2/core/utility.hpp>

#include "core/base/error.hpp"
#include "core/base/out_of_memory.hpp"
#include "core/base/random.hpp"
#include "models/encoder/occlusion.hpp"
#include "models/training/occlusion_target.hpp"
#include "vision/files/image.hpp"

namespace saccade::models {

using torch::Tensor;

Batches::Batches(Captioner& model, const TrainingSets& sets, int images_per_batch)
    : model_(model), sets_(sets), dataset_(training_images(sets)), batch_(static_cast<std::size_t>(images_per_batch)) {}

std::int64_t Batches::steps() const {
  return static_cast<std::int64_t>((epoch_size(sets_) + batch_ - 1) / batch_);
}

void Batches::shuffle(std::uint64_t seed) {
  order_ = epoch_order(sets_, seed);
}

std::vector<std::size_t> Batches::images(std::int64_t step) const {
  const std::size_t first = static_cast<std::size_t>(step) * batch_;
  const std::size_t last = std::min(order_.size(), first + batch_);
  return {order_.begin() + static_cast<std::ptrdiff_t>(first), order_.begin() + static_cast<std::ptrdiff_t>(last)};
}

void Batches::encode(bool gradients, bool occlude, Captioner* teacher) {
  features_.reset();
  gradients_ = gradients;
  occlude_ = occlude;
  teacher_ = teacher;
}

SeenImages Batches::see(const std::vector<std::size_t>& images, std::uint64_t seed) {
  SeenImages seen = features_ ? looked_up(images, seed) : encoded(images, seed);
  seen.annotations = seen.annotations.to(model_.device());
  return seen;
}

SeenImages Batches::looked_up(const std::vector<std::size_t>& images, std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  const std::vector<std::int64_t> places(images.begin(), images.end());
  std::vector<std::int64_t> views;
  SeenImages seen;
  for (std::size_t i = 0; i < images.size(); ++i) {
    views.push_back(static_cast<std::int64_t>(random() & 1));
    seen.crops.push_back({0, 0, 1, 1, views.back() == 1});
  }
  seen.annotations = features_->gather(places, views);
  return seen;
}

SeenImages Batches::encoded(const std::vector<std::size_t>& images, std::uint64_t seed) {
  const std::int64_t side = model_.preprocessing.input_size;
  Tensor pixels = torch::empty({static_cast<std::int64_t>(images.size()), side, side, 3});
  std::vector<std::string> problems(images.size());
  std::vector<vision::Crop> crops(images.size());
  cv::parallel_for_(cv::Range(0, static_cast<int>(images.size())), [&](const cv::Range& range) {
    for (int i = range.start; i < range.end; ++i) {
      try {
        std::mt19937_64 random(derived_seed({seed, static_cast<std::uint64_t>(i)}));
        const std::size_t image = images[static_cast<std::size_t>(i)];
        const cv::Mat picture = vision::read_image(dataset_[image].file);
        const cv::Mat varied = vision::augment(picture, {}, random, &crops[static_cast<std::size_t>(i)]);
        vision::preprocess(varied, model_.preprocessing, pixels[i].data_ptr<float>());
      } catch (const std::exception& error) {
        problems[static_cast<std::size_t>(i)] = is_out_of_memory(error) ? kOutOfMemory : error.what();
      }
    }
  });
  for (const auto& problem : problems) {
    if (!problem.empty()) throw Error("{}", problem);
  }
  SeenImages seen;
  seen.crops = std::move(crops);
  if (occlude_) {
    std::mt19937_64 random(derived_seed({seed, images.size()}));  // smaller indices belong to the images
    seen.hidden = draw_blocks(model_.encoder->grid(), pixels.size(0), random);
    const Occluder occluder(model_.encoder->grid(), model_.preprocessing.input_size);
    std::vector<Tensor> grayed;
    for (std::int64_t i = 0; i < pixels.size(0); ++i) {
      grayed.push_back(occluder.pictures(pixels[i], seen.hidden.narrow(0, i, 1).logical_not()));
    }
    seen.occluded = model_.encode(at::cat(grayed).to(model_.device()));
    seen.hidden = seen.hidden.to(model_.device());
  }
  pixels = pixels.to(model_.device());
  if (teacher_ != nullptr) seen.taught = teacher_->encode(pixels);
  const torch::AutoGradMode gradients(gradients_);
  seen.annotations = model_.encoder->forward(pixels);
  return seen;
}

}  // namespace saccade::models
