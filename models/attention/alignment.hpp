#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/registry.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// Tensor widths of an alignment score.
struct AlignmentShape {
  std::int64_t hidden = 0;      ///< H, width of the decoder state
  std::int64_t annotation = 0;  ///< D, width of an annotation
  std::int64_t width = 0;       ///< A, width of the common space
  std::int64_t cells = 0;       ///< L, number of grid cells
};

/// Alignment score e_ti = score(h_{t-1}, a_i) of decoder state h_{t-1} and cell i (Xu et al. 2015, equation 4).
class AlignmentScore : public torch::nn::Module {
 public:
  /// Computes the part of the score that depends on the image alone, once per image.
  /// annotations: [N, L, D]. Returns keys [N, L, A]; each score defines its own A.
  virtual torch::Tensor keys(const torch::Tensor& annotations, Precision precision) = 0;

  /// hidden: [N, K, H] for K captions (or beams) per image; keys: [N, L, A]. Returns scores [N, K, L].
  virtual torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) = 0;

  /// Whether the scores depend on the annotations.
  virtual bool reads_content() const { return true; }

  /// Whether keys are affine in the annotations, so that the weighted mean of keys is the key of the weighted mean.
  virtual bool has_affine_keys() const { return true; }
};

/// Alignment scores by name. Each file in models/attention/alignment registers one or more.
using AlignmentRegistry = Registry<std::function<std::shared_ptr<AlignmentScore>(const AlignmentShape&)>>;
const AlignmentRegistry& alignment_registry();
void register_all(AlignmentRegistry& registry);

template <typename Score>
std::shared_ptr<AlignmentScore> make_score(const AlignmentShape& shape) {
  return std::make_shared<Score>(shape);
}

/// Creates an alignment score. Throws Error with the list of names if the name is unknown.
std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape);

}  // namespace saccade::models
