#include "models/attention/alignment/general.hpp"

#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

GeneralScore::GeneralScore(const AlignmentShape& shape) {
  weight = register_parameter("weight", uniform_weight(shape.hidden, shape.annotation));
}

Tensor GeneralScore::keys(const Tensor& annotations, Precision precision) {
  return linear(annotations, weight, {}, precision);  // W a_i: [N, L, H]
}

Tensor GeneralScore::score(const Tensor& hidden, const Tensor& keys) {
  return at::bmm(hidden, keys.transpose(1, 2));
}

void register_general(AlignmentRegistry& registry) {
  registry.add("general", make_score<GeneralScore>);
}

}  // namespace saccade::models
