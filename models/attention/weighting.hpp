#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/choice.hpp"
#include "core/base/grid.hpp"
#include "models/attention/alignment.hpp"
#include "models/attention/attention_output.hpp"

namespace saccade::models {

/// Tensor widths of an attention.
struct AttentionShape {
  std::int64_t hidden = 0;      ///< H, width of the query state
  std::int64_t annotation = 0;  ///< D
  Grid grid;                    ///< of L cells
};

/// Tensor widths of a weighting, and its alignment score.
struct WeightingShape {
  AlignmentShape scored;
  Grid grid;
  std::string alignment = "additive";  ///< a name from alignment_registry()
};

/// Computes the attention distribution alpha_t from alignment scores.
class Weighting : public torch::nn::Module {
 public:
  explicit Weighting(const WeightingShape& shape) : annotation_(shape.scored.annotation) {}

  /// Computes the keys once per image. annotations: [N, L, D]. Returns tensors [N, ...] in a form of its own.
  virtual std::vector<torch::Tensor> keys(const torch::Tensor& annotations, Precision precision) = 0;

  /// Returns log alpha_t [R, M, L]. keys: from keys(), one set per group of the query.
  virtual torch::Tensor log_weights(const Query& query, const std::vector<torch::Tensor>& keys) = 0;

  /// Number of maps M.
  virtual int maps() const { return 1; }

  /// Whether the weights depend on the step number.
  virtual bool knows_step() const { return false; }

  /// Values that each map reads. annotations: [N, L, D]. Returns [N, M, L, d].
  virtual torch::Tensor values(const torch::Tensor& annotations, Precision /*of the products*/) {
    return annotations.unsqueeze(1);
  }

  /// Combines the values that the maps have read, [R, M, d], into context vectors [R, C].
  virtual torch::Tensor combine(const torch::Tensor& read) { return read.squeeze(1); }

  /// Width C of a context vector.
  virtual std::int64_t context_width() const { return annotation_; }

 private:
  std::int64_t annotation_;
};

/// Weightings by name. Each file in models/attention/weighting registers one or more.
using WeightingRegistry = Registry<Mechanism<Weighting, WeightingShape>>;
using WeightingChoice = Choice<Weighting, WeightingShape>;
const WeightingRegistry& weighting_registry();
void register_all(WeightingRegistry& registry);

}  // namespace saccade::models
