#include "models/encoder/refiner.hpp"

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {

using torch::Tensor;

Refiner::Refiner(const RefinerOptions& options, std::int64_t annotation, const Grid& grid) {
  if (options.width % 4 != 0 || options.width % options.heads != 0) {
    throw Error("the refiner's width {} must be a multiple of 4 and of its {} heads", options.width, options.heads);
  }
  project_ = register_parameter("project", uniform_weight(options.width, annotation));
  project_bias_ = register_parameter("project_bias", torch::zeros({options.width}));
  const Tensor row = at::arange(grid.rows).repeat_interleave(grid.columns);
  const Tensor column = at::arange(grid.columns).repeat({grid.rows});
  positions_ = at::cat({sinusoids(row, options.width / 2), sinusoids(column, options.width / 2)}, 1);
  for (std::int64_t layer = 0; layer < options.layers; ++layer) {
    attention_.push_back(register_module(fmt::format("attention{}", layer),
                                         std::make_shared<SelfAttention>(options.width, options.heads)));
    feed_forward_.push_back(register_module(fmt::format("feed_forward{}", layer),
                                            std::make_shared<FeedForward>(options.width, 2 * options.width)));
  }
  norm_ = register_module("norm", std::make_shared<LayerNorm>(options.width));
}

Tensor Refiner::forward(const Tensor& annotations, Precision precision) {
  Tensor x = linear(annotations, project_, project_bias_, precision);
  x = x + positions_.to(x.options());
  for (std::size_t layer = 0; layer < attention_.size(); ++layer) {
    x = attention_[layer]->forward(x, precision);
    x = feed_forward_[layer]->forward(x, precision);
  }
  return norm_->forward(x);
}

}  // namespace saccade::models
