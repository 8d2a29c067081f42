#include "models/attention/alignment/dot.hpp"

#include <cmath>

#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

DotScore::DotScore(const AlignmentShape& shape) {
  if (shape.hidden == shape.annotation) return;
  from_annotation = register_parameter("from_annotation", uniform_weight(shape.width, shape.annotation));
  from_hidden = register_parameter("from_hidden", uniform_weight(shape.width, shape.hidden));
}

Tensor DotScore::keys(const Tensor& annotations, Precision precision) {
  return from_annotation.defined() ? linear(annotations, from_annotation, {}, precision) : annotations;
}

Tensor DotScore::query(const Tensor& hidden) const {
  return from_hidden.defined() ? at::linear(hidden, from_hidden) : hidden;
}

Tensor DotScore::score(const Tensor& hidden, const Tensor& keys) {
  return at::bmm(query(hidden), keys.transpose(1, 2));
}

Tensor ScaledDotScore::score(const Tensor& hidden, const Tensor& keys) {
  return DotScore::score(hidden, keys) / std::sqrt(static_cast<double>(keys.size(-1)));
}

void register_dot(AlignmentRegistry& registry) {
  registry.add("dot", make_score<DotScore>);
  registry.add("scaled-dot", make_score<ScaledDotScore>);
}

}  // namespace saccade::models
