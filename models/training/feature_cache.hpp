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

/// The annotation vectors of a list of images under a frozen encoder, computed once and kept in a file of
/// half-precision or float32 numbers, [N, views, L, D], with a checksum for each of the N x views. View 0 is the image,
/// view 1 (where there are two) its mirror image.
class FeatureCache {
 public:
  /// Called after each batch with the number of images done so far and the number of all.
  using Progress = std::function<void(std::size_t done, std::size_t all)>;

  /// Opens the file in `folder` that belongs to exactly these images, weights and preprocessing, computing it first
  /// when it is not there or not what was written. The folder is made when missing. Who computes the same at the same
  /// time is waited for. `type`: of the numbers in the file, kHalf or kFloat. Throws Error for an image that cannot be
  /// read, naming it.
  FeatureCache(const std::filesystem::path& folder, Captioner& model, const std::vector<std::filesystem::path>& images,
               int views, torch::ScalarType type, const Progress& progress);

  /// What follows throws Error when the file has been changed since.
  ///
  /// Annotations [n, L, D], float32, of image `images[i]` in view `views[i]`.
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

/// Pixels [n, S, S, 3] of image files, prepared for `preprocessing`. Throws Error for one that cannot be read.
torch::Tensor load_pixels(const std::vector<std::filesystem::path>& files, const vision::Preprocessing& preprocessing);

}  // namespace saccade::models
