#include "models/decoder/reference_maps.hpp"

#include <cstddef>

#include "models/decoder/caption_batch.hpp"

namespace saccade::models {

using torch::Tensor;

std::vector<std::vector<float>> reference_maps(Decoder& decoder, const Tensor& annotations,
                                               const std::vector<std::vector<std::int64_t>>& captions,
                                               const std::vector<std::int64_t>& images) {
  std::vector<std::vector<float>> maps(captions.size());
  if (captions.empty()) return maps;
  const torch::NoGradGuard no_gradient;
  decoder.eval();
  const CaptionBatch batch = pack(captions, images);
  const Tensor log_alpha = decoder.unroll(annotations, batch.to(annotations.device()), {}).log_alpha;
  if (!log_alpha.defined()) return maps;
  const std::int64_t heads = decoder.maps().heads;  // heads of the last layer, whose maps come last
  const Tensor alpha = log_alpha.narrow(1, log_alpha.size(1) - heads, heads)
                           .exp()
                           .mean(1)
                           .to(torch::kCPU, torch::kFloat32)
                           .contiguous();  // [P, L]
  const auto cells = static_cast<std::size_t>(alpha.size(1));
  const float* map = alpha.data_ptr<float>();
  // Packed: first words of all rows, then second words of the remaining rows, and so on.
  for (std::size_t t = 0; t < batch.active.size(); ++t) {
    for (std::int64_t row = 0; row < batch.active[t]; ++row, map += cells) {
      const auto i = static_cast<std::size_t>(batch.order[row].item<std::int64_t>());
      if (t + 2 < captions[i].size()) maps[i].insert(maps[i].end(), map, map + cells);
    }
  }
  return maps;
}

}  // namespace saccade::models
