#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <torch/types.h>

#include "core/metrics/cider.hpp"
#include "models/captioner.hpp"
#include "models/training/evaluation_log.hpp"
#include "models/training/feature_cache.hpp"
#include "models/training/training_data.hpp"

namespace saccade::models {

/// Captions the dev images with the current model and scores the captions.
class DevEvaluation {
 public:
  /// `set`: the data set whose dev images are captioned. `search`: decoding options. Both must outlive this object.
  DevEvaluation(Captioner& model, const TrainingSet& set, const SearchOptions& search);

  const CaptionDataset& images() const { return dev_; }

  /// Reads annotations from a cache, or encodes the images if null.
  void use_cache(std::unique_ptr<FeatureCache> features) { features_ = std::move(features); }

  /// Scores the captions of all dev images, and calls `pause` after every few of them: it may throw. Adds the captions
  /// of the first `examples` images to `shown`. Throws Error for an image that cannot be read.
  DevScores score(std::size_t examples, std::vector<Caption>& shown, const std::function<void()>& pause);

 private:
  torch::Tensor annotations(std::size_t first, std::size_t count);

  Captioner& model_;
  const TrainingSet& set_;
  const CaptionDataset& dev_;
  const SearchOptions& search_;
  metrics::CiderScorer cider_;
  std::unique_ptr<FeatureCache> features_;
};

}  // namespace saccade::models
