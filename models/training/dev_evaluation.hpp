#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <torch/types.h>

#include "core/data/dataset.hpp"
#include "core/data/entities.hpp"
#include "core/metrics/cider.hpp"
#include "models/captioner.hpp"
#include "models/training/evaluation_log.hpp"
#include "models/training/feature_cache.hpp"

namespace saccade::models {

/// Captions the dev images with the model as it stands, and scores what it says.
class DevEvaluation {
 public:
  /// `images`: their folder. `boxes`: of what is to be seen on them, or null. `search`: how they are captioned; it must
  /// outlive this, as the boxes must.
  DevEvaluation(Captioner& model, const CaptionDataset& dev, std::filesystem::path images, const Entities* boxes,
                const SearchOptions& search);

  /// From now on annotations come from the cache; from the pictures where it is null.
  void use_cache(std::unique_ptr<FeatureCache> features) { features_ = std::move(features); }

  /// Sets the scores and examples of `evaluation`, and calls `pause` after every few images: it may throw. Returns the
  /// captions of the first kExamples images. Throws Error for an image that cannot be read.
  std::vector<Caption> score(Evaluation& evaluation, const std::function<void()>& pause);

 private:
  torch::Tensor annotations(std::size_t first, std::size_t count);

  Captioner& model_;
  const CaptionDataset& dev_;
  std::filesystem::path folder_;
  const Entities* boxes_;
  const SearchOptions& search_;
  metrics::CiderScorer cider_;
  std::unique_ptr<FeatureCache> features_;
};

}  // namespace saccade::models
