#include "models/alignment.hpp"

#include <functional>
#include <utility>

#include <fmt/ranges.h>

#include "core/error.hpp"
#include "models/additive_kernel.hpp"
#include "models/initialisation.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;
using Maker = std::function<std::shared_ptr<AlignmentScore>(const AlignmentShape&)>;

/// The registry: a new score is a class and a line here.
const std::vector<std::pair<std::string, Maker>>& registry() {
  static const std::vector<std::pair<std::string, Maker>> entries = {
      {"additive", [](const AlignmentShape& shape) { return std::make_shared<AdditiveScore>(shape); }},
  };
  return entries;
}

}  // namespace

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

std::vector<std::string> alignment_names() {
  std::vector<std::string> names;
  for (const auto& entry : registry()) names.push_back(entry.first);
  return names;
}

std::shared_ptr<AlignmentScore> make_alignment(const std::string& name, const AlignmentShape& shape) {
  for (const auto& entry : registry()) {
    if (entry.first == name) return entry.second(shape);
  }
  throw Error("there is no alignment score '{}'; choose one of {}", name, fmt::join(alignment_names(), ", "));
}

}  // namespace saccade::models
