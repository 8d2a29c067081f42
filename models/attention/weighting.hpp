#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/choice.hpp"
#include "core/text/caption.hpp"
#include "models/attention/alignment.hpp"
#include "models/attention/attention_output.hpp"

namespace saccade::models {

/// What an attention has to fit between.
struct AttentionShape {
  std::int64_t hidden = 0;      ///< H, of the state that asks
  std::int64_t annotation = 0;  ///< D
  Grid grid;                    ///< of L cells
};

/// What a weighting has to fit, and the alignment score that it builds on.
struct WeightingShape {
  AlignmentShape scored;
  Grid grid;
  std::string alignment = "additive";  ///< a name of models/attention/alignment.hpp
};

/// How alignment scores become weights.
class Weighting : public torch::nn::Module {
 public:
  explicit Weighting(const WeightingShape& shape) : annotation_(shape.scored.annotation) {}

  /// What is computed once an image: annotations [N, L, D] -> tensors [N, ...] of the weighting's own.
  virtual std::vector<torch::Tensor> keys(const torch::Tensor& annotations, Precision precision) = 0;

  /// log alpha_t: [R, M, L]; keys as made by keys(), a set for each group of the query.
  virtual torch::Tensor log_weights(const Query& query, const std::vector<torch::Tensor>& keys) = 0;

  /// M.
  virtual int maps() const { return 1; }

  /// Whether the number of the step matters to it.
  virtual bool knows_step() const { return false; }

  /// What each map reads: annotations [N, L, D] -> [N, M, L, d].
  virtual torch::Tensor values(const torch::Tensor& annotations, Precision /*of the products*/) {
    return annotations.unsqueeze(1);
  }

  /// The context vector from what the maps have read: [R, M, d] -> [R, C].
  virtual torch::Tensor combine(const torch::Tensor& read) { return read.squeeze(1); }

  /// C.
  virtual std::int64_t context_width() const { return annotation_; }

 private:
  std::int64_t annotation_;
};

/// How weightings are made, by their names. A file of models/attention/weighting is one, or some that are kin.
using WeightingRegistry = Registry<Mechanism<Weighting, WeightingShape>>;
using WeightingChoice = Choice<Weighting, WeightingShape>;
const WeightingRegistry& weighting_registry();
void register_all(WeightingRegistry& registry);

}  // namespace saccade::models
