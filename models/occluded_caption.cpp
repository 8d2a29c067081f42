#include "models/occluded_caption.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "models/decoder/likelihood.hpp"
#include "models/encoder/occlusion.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::size_t kBatch = 16;  // images per encoder call

/// The visible cells of `count` images from `first` on: [count, L] bool.
Tensor visible_cells(const std::vector<metrics::Visible>& pictures, std::size_t first, std::size_t count) {
  std::vector<std::uint8_t> cells;
  for (std::size_t i = first; i < first + count; ++i) cells.insert(cells.end(), pictures[i].begin(), pictures[i].end());
  return torch::tensor(cells, torch::kUInt8).view({static_cast<std::int64_t>(count), -1}).to(torch::kBool);
}

}  // namespace

metrics::CaptionReader occluded_reader(Captioner& model, const Tensor& pixels, const std::vector<std::string>& words) {
  const Occluder occluder(model.encoder->grid(), static_cast<int>(pixels.size(0)));
  return [&model, pixels, occluder, caption = model.vocabulary.encode(words)](const auto& pictures) {
    std::vector<std::vector<double>> read;
    for (std::size_t first = 0; first < pictures.size(); first += kBatch) {
      const std::size_t count = std::min(kBatch, pictures.size() - first);
      const Tensor annotations = model.encode(occluder.pictures(pixels, visible_cells(pictures, first, count)));
      const Tensor log_p = word_log_probabilities(*model.decoder, annotations, caption);
      for (std::int64_t i = 0; i < log_p.size(0); ++i) {
        const double* row = log_p.data_ptr<double>() + i * log_p.size(1);
        read.emplace_back(row, row + log_p.size(1));
      }
    }
    return read;
  };
}

}  // namespace saccade::models
