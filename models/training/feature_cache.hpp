#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <torch/types.h>

#include "core/base/checked_records.hpp"
#include "models/captioner.hpp"

namespace saccade::models {

/// Annotations of images under a frozen encoder, computed once and stored in half precision or float32: [N, views, L,
/// D] with one checksum per image and view. View 0 is the image, view 1 its mirror image.
class FeatureCache {
 public:
  /// Called after each batch with the number of finished and of all images.
  using Progress = std::function<void(std::size_t done, std::size_t all)>;

  /// Opens the file in `folder` for exactly these images, weights and preprocessing. Computes it if it is missing or
  /// damaged, and creates the folder if necessary. Waits for other processes that compute the same. `type`: number
  /// format of the file, kHalf or kFloat. Throws Error with the name of an image that cannot be read.
  FeatureCache(const std::filesystem::path& folder, Captioner& model, const std::vector<std::filesystem::path>& images,
               int views, torch::ScalarType type, const Progress& progress);

  /// Both functions throw Error if the file has changed since it was opened.
  ///
  /// Returns annotations [n, L, D], float32, of image `images[i]` in view `views[i]`.
  torch::Tensor gather(const std::vector<std::int64_t>& images, const std::vector<std::int64_t>& views) const;

  /// Annotations [count, L, D] of `count` images from `first` on, view 0.
  torch::Tensor range(std::int64_t first, std::int64_t count) const;

  std::int64_t images() const { return images_; }

 private:
  void compute(Captioner& model, const std::vector<std::filesystem::path>& images, const Progress& progress);

  std::int64_t images_, views_, cells_, width_;
  torch::ScalarType type_;
  CheckedRecords records_;  // images x views
};

/// Preprocessed pixels [n, S, S, 3] of image files. Throws Error if a file cannot be read.
torch::Tensor load_pixels(const std::vector<std::filesystem::path>& files, const vision::Preprocessing& preprocessing);

}  // namespace saccade::models
