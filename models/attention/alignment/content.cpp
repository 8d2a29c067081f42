#include "models/attention/alignment/content.hpp"

#include <cmath>

#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

namespace {

constexpr double kFirstStrength = 5;

Tensor unit(const Tensor& x) {
  constexpr double kLeastLength = 1e-6;
  return x / at::norm(x, 2, -1, /*keepdim=*/true).clamp_min(kLeastLength);
}

}  // namespace

ContentScore::ContentScore(const AlignmentShape& shape) : DotScore(shape) {
  log_strength = register_parameter("log_strength", torch::full({1}, std::log(kFirstStrength)));
}

Tensor ContentScore::keys(const Tensor& annotations, Precision precision) {
  return unit(DotScore::keys(annotations, precision));
}

Tensor ContentScore::score(const Tensor& hidden, const Tensor& keys) {
  return log_strength.exp() * at::bmm(unit(query(hidden)), keys.transpose(1, 2));
}

void register_content(AlignmentRegistry& registry) {
  registry.add("content", make_score<ContentScore>);
}

}  // namespace saccade::models
