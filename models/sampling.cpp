#include "models/sampling.hpp"

#include <limits>

#include "core/vocabulary.hpp"

namespace saccade::models {

using torch::Tensor;

std::vector<std::vector<std::vector<std::int64_t>>> sample_captions(Decoder& decoder, const Tensor& annotations,
                                                                    int samples, int max_length, Precision precision) {
  const torch::NoGradGuard no_gradient;
  const std::int64_t images = annotations.size(0);
  const Decoder::Sight sight = decoder.look(annotations, precision);
  Decoder::State state = decoder.initial_state(annotations);
  const auto repeated = [&](const Tensor& x) { return x.expand({images, samples, x.size(2)}).contiguous(); };
  state = {repeated(state.h), repeated(state.c)};

  std::vector<std::vector<std::vector<std::int64_t>>> captions(
      static_cast<std::size_t>(images),
      std::vector<std::vector<std::int64_t>>(static_cast<std::size_t>(samples), {Vocabulary::kStart}));
  Tensor words = torch::full({images, samples}, Vocabulary::kStart, torch::kLong).to(annotations.device());
  std::int64_t running = images * samples;
  for (int t = 0; t < max_length + 1 && running > 0; ++t) {
    Decoder::Step step = decoder.step(sight, state, words);
    state = std::move(step.state);
    for (const std::int64_t special : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
      step.logits.select(-1, special).fill_(-std::numeric_limits<float>::infinity());
    }
    words = at::softmax(step.logits, -1).view({images * samples, -1}).multinomial(1).view({images, samples});
    const Tensor drawn = words.to(torch::kCPU);
    const auto word_of = drawn.accessor<std::int64_t, 2>();
    for (std::int64_t i = 0; i < images; ++i) {
      for (std::int64_t k = 0; k < samples; ++k) {
        auto& caption = captions[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
        if (caption.back() == Vocabulary::kEnd) continue;
        if (t == max_length && word_of[i][k] != Vocabulary::kEnd) continue;
        caption.push_back(word_of[i][k]);
        if (caption.back() == Vocabulary::kEnd) --running;
      }
    }
  }
  return captions;
}

}  // namespace saccade::models
