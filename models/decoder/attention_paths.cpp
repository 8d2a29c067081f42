#include "models/decoder/attention_paths.hpp"

namespace saccade::models {

using torch::Tensor;

Selection AttentionPaths::step(std::int64_t first, std::int64_t rows) const {
  Selection selection;
  if (expected.defined()) selection.expected = expected.narrow(0, 0, rows);
  if (uniform.defined()) selection.uniform = uniform.narrow(0, first, rows);
  if (cell.defined()) selection.cell = cell.narrow(0, first, rows);
  return selection;
}

AttentionPaths draw_paths(const CaptionBatch& batch, int samples, double expected_share, int maps) {
  const auto device = batch.image.device();
  const Tensor image = batch.image.to(torch::kCPU);
  const Tensor coins = at::rand({image.max().item<std::int64_t>() + 1}) < expected_share;
  const Tensor expected = coins.index_select(0, image);
  AttentionPaths paths;
  paths.repeated = repeat(batch, at::where(expected, at::ones_like(image), at::full_like(image, samples)));
  if (expected_share > 0) paths.expected = expected.to(device).index_select(0, paths.repeated.row);
  paths.uniform = at::rand({paths.repeated.position.size(0), maps}).to(device);
  return paths;
}

}  // namespace saccade::models
