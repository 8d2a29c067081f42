#include "app/captioning.hpp"

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>

#include "models/decoder/beam_search.hpp"

namespace saccade::app {
namespace {

/// A view of the photos' pixels, or a copy of several: [N, S, S, 3].
torch::Tensor tensor_of(const std::vector<const vision::Preprocessed*>& photos, std::int64_t side) {
  std::vector<torch::Tensor> pixels;
  for (const auto* photo : photos) {
    pixels.push_back(torch::from_blob(const_cast<float*>(photo->pixels.data()), {1, side, side, 3}));
  }
  return pixels.size() == 1 ? pixels[0] : at::cat(pixels);
}

}  // namespace

std::vector<std::vector<Caption>> caption_photos(models::Captioner& model,
                                                 const std::vector<const vision::Preprocessed*>& photos,
                                                 const CaptionChoice& choice) {
  if (photos.empty()) return {};
  const torch::Tensor pixels = tensor_of(photos, model.preprocessing.input_size);
  const torch::Tensor annotations = model.encode(pixels);
  models::SearchOptions search = choice.search;
  const bool drawn = search.cell == models::CellChoice::kSample && model.decoder->stochastic();
  const auto streams = drawn ? models::random_streams(pixels) : std::vector<std::uint64_t>();
  auto captions = model.caption(annotations, search, streams);
  for (auto& of_photo : captions) {
    of_photo.resize(std::min(of_photo.size(), static_cast<std::size_t>(choice.top)));
  }
  for (int sample = 1; sample < choice.samples && drawn; ++sample) {
    ++search.seed;
    auto more = model.caption(annotations, search, streams);
    for (std::size_t i = 0; i < more.size(); ++i) captions[i].push_back(std::move(more[i].front()));
  }
  for (auto& of_photo : captions) {
    for (Caption& caption : of_photo) {
      const MapLayout& maps = caption.layout;
      if (choice.layer <= maps.layers && choice.head <= maps.heads) caption.show_map(choice.layer, choice.head);
    }
  }
  return captions;
}

}  // namespace saccade::app
