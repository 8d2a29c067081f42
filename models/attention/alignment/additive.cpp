#include "models/attention/alignment/additive.hpp"

#include "models/kernels/additive_kernel.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

AdditiveScore::AdditiveScore(const AlignmentShape& shape) {
  from_annotation = register_parameter("from_annotation", uniform_weight(shape.width, shape.annotation));
  from_hidden = register_parameter("from_hidden", uniform_weight(shape.width, shape.hidden));
  bias = register_parameter("bias", torch::zeros({shape.width}));
  v = register_parameter("v", uniform_weight(1, shape.width).squeeze(0));
}

Tensor AdditiveScore::keys(const Tensor& annotations, Precision precision) {
  return linear(annotations, from_annotation, bias, precision);
}

Tensor AdditiveScore::score(const Tensor& hidden, const Tensor& keys) {
  return additive_score(keys, at::linear(hidden, from_hidden), v);
}

void register_additive(AlignmentRegistry& registry) {
  registry.add("additive", make_score<AdditiveScore>);
}

}  // namespace saccade::models
