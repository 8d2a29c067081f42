#include "models/decoder/caption_batch.hpp"

#include <algorithm>
#include <numeric>

namespace saccade::models {

using torch::Tensor;

CaptionBatch pack(const std::vector<std::vector<std::int64_t>>& captions, const std::vector<std::int64_t>& images) {
  std::vector<std::size_t> order(captions.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return captions[a].size() > captions[b].size(); });

  std::vector<std::int64_t> image, inputs, targets, row;
  for (const std::size_t i : order) image.push_back(images[i]);
  CaptionBatch batch;
  const std::size_t longest = order.empty() ? 0 : captions[order.front()].size();
  for (std::size_t t = 0; t + 1 < longest; ++t) {
    std::int64_t running = 0;
    for (const std::size_t i : order) {
      if (captions[i].size() < t + 2) break;
      inputs.push_back(captions[i][t]);
      targets.push_back(captions[i][t + 1]);
      row.push_back(running++);
    }
    batch.active.push_back(running);
  }
  batch.order = torch::tensor(std::vector<std::int64_t>(order.begin(), order.end()), torch::kLong);
  batch.image = torch::tensor(image, torch::kLong);
  batch.inputs = torch::tensor(inputs, torch::kLong);
  batch.targets = torch::tensor(targets, torch::kLong);
  batch.row = torch::tensor(row, torch::kLong);
  return batch;
}

CaptionBatch CaptionBatch::to(torch::Device device) const {
  return {order.to(device), image.to(device), inputs.to(device), targets.to(device), row.to(device), active};
}

Tensor RepeatedBatch::shares() const {
  const Tensor copies = at::bincount(row).to(torch::kFloat);
  return 1 / copies.index_select(0, row).index_select(0, batch.row);
}

RepeatedBatch repeat(const CaptionBatch& batch, const Tensor& copies) {
  const auto device = batch.row.device();
  const Tensor row = at::arange(batch.captions(), torch::kLong).repeat_interleave(copies);
  const Tensor last = copies.cumsum(0);  // end of each row's copies

  RepeatedBatch repeated;
  std::vector<Tensor> positions, rows;
  std::int64_t begin = 0;
  for (const std::int64_t running : batch.active) {
    const std::int64_t rows_running = last[running - 1].item<std::int64_t>();
    positions.push_back(row.narrow(0, 0, rows_running) + begin);
    rows.push_back(at::arange(rows_running, torch::kLong));
    repeated.batch.active.push_back(rows_running);
    begin += running;
  }
  repeated.row = row.to(device);
  repeated.position = at::cat(positions).to(device);
  repeated.batch.row = at::cat(rows).to(device);
  repeated.batch.order = batch.order.index_select(0, repeated.row);
  repeated.batch.image = batch.image.index_select(0, repeated.row);
  repeated.batch.inputs = batch.inputs.index_select(0, repeated.position);
  repeated.batch.targets = batch.targets.index_select(0, repeated.position);
  return repeated;
}

}  // namespace saccade::models
