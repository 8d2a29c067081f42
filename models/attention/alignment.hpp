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

/// Widths that an alignment score has to fit between.
struct AlignmentShape {
  std::int64_t hidden = 0;      ///< H, of the LSTM's state
  std::int64_t annotation = 0;  ///< D, of an annotation vector
  std::int64_t width = 0;       ///< A, of the space in which they meet
  std::int64_t cells = 0;       ///< L, of the annotation grid
};

/// The alignment score e_ti = score(h_{t-1}, a_i): how well cell i fits what is to be said next.
class AlignmentScore : public torch::nn::Module {
 public:
  /// What of the score depends on the image alone, so that it is computed once: annotations [N, L, D] -> [N, L, A],
  /// with an A of the score's own.
  virtual torch::Tensor keys(const torch::Tensor& annotations, Precision precision) = 0;

  /// hidden [N, K, H], of K captions (or beams) an image; keys [N, L, A] -> scores [N, K, L].
  virtual torch::Tensor score(const torch::Tensor& hidden, const torch::Tensor& keys) = 0;

  /// Whether the scores depend on what is seen. If so, keys are (nearly) linear in the annotations: the weighted mean
  /// of some cells' keys is the key of their weighted mean.
  virtual bool reads_content() const { return true; }
};

/// How scores are made, by their names. A file of models/attention/alignment is a score, or some that are kin.
using AlignmentRegistry = Registry<std::function<std::shared_ptr<AlignmentScore>(const AlignmentShape&)>>;
const AlignmentRegistry& alignment_registry();
void register_all(AlignmentRegistry& registry);

template <typename Score>
std::shared_ptr<AlignmentScore> make_score(const AlignmentShape& shape) {
  return std::make_shared<Score>(shape);
}

/// Throws Error naming the choices when the name is unknown.
std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape);

}  // namespace saccade::models
