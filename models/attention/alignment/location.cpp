#include "models/attention/alignment/location.hpp"

#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

LocationScore::LocationScore(const AlignmentShape& shape) {
  weight = register_parameter("weight", uniform_weight(shape.cells, shape.hidden));
  bias = register_parameter("bias", torch::zeros({shape.cells}));
}

Tensor LocationScore::keys(const Tensor& annotations, Precision /*nothing is multiplied*/) {
  return annotations.narrow(-1, 0, 0);
}

Tensor LocationScore::score(const Tensor& hidden, const Tensor& /*keys*/) {
  return at::linear(hidden, weight, bias);
}

void register_location(AlignmentRegistry& registry) {
  registry.add("location", make_score<LocationScore>);
}

}  // namespace saccade::models
