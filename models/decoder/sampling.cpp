#include "models/decoder/sampling.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "core/text/vocabulary.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr double kImpossible = -std::numeric_limits<double>::infinity();

}  // namespace

Tensor sampling_log_probabilities(const Tensor& logits, int words, const Tensor& kept) {
  const std::int64_t vocabulary = logits.size(-1);
  Tensor excluded = torch::zeros({vocabulary}, torch::TensorOptions(torch::kBool).device(logits.device()));
  for (const std::int64_t special : {Vocabulary::kPad, Vocabulary::kStart, Vocabulary::kUnknown}) {
    excluded[special] = true;
  }
  const Tensor sayable = logits.detach().masked_fill(excluded, kImpossible);
  const std::int64_t count = std::min<std::int64_t>(words, vocabulary);
  Tensor least = std::get<0>(sayable.topk(count, -1)).select(-1, count - 1).unsqueeze(-1);
  if (kept.defined()) least = at::minimum(least, sayable.gather(-1, kept.unsqueeze(-1)));
  return at::log_softmax(logits.masked_fill(at::logical_or(excluded, sayable < least), kImpossible), -1);
}

SampledCaptions sample_captions(Decoder& decoder, const Tensor& annotations, const SamplingOptions& options) {
  const torch::NoGradGuard no_gradient;
  const std::int64_t images = annotations.size(0), copies = options.captions, maps = decoder.maps().maps();
  const auto device = annotations.device();
  SampledCaptions drawn;
  drawn.words.assign(static_cast<std::size_t>(images * copies), {Vocabulary::kStart});
  if (decoder.stochastic()) drawn.cells.resize(drawn.words.size());

  std::vector<std::int64_t> running(static_cast<std::size_t>(images));  // images with unfinished captions
  std::iota(running.begin(), running.end(), 0);
  EncoderMemory encoded = decoder.precompute(annotations, options.precision);
  State state = decoder.start(encoded);
  state = state.select(at::arange(images, torch::kLong).repeat_interleave(copies).to(device), images);
  Tensor previous = torch::full({images, copies}, Vocabulary::kStart, torch::kLong);
  const auto ended = [&drawn](std::size_t caption) { return drawn.words[caption].back() == Vocabulary::kEnd; };

  const c10::optional<at::Generator> global;  // named, because g++ warns about a temporary under the sanitizers
  for (int t = 0; t < options.max_length; ++t) {
    const auto rows = static_cast<std::int64_t>(running.size()) * copies;
    Selection selection;
    if (decoder.stochastic()) selection.uniform = at::rand({rows, maps}).to(device);
    Step step = decoder.step(encoded, state, previous.to(device), selection);
    const Tensor p = sampling_log_probabilities(step.logits.flatten(0, 1), options.words).exp();
    const Tensor word = at::multinomial(p, 1, /*replacement=*/false, global).squeeze(1).to(torch::kCPU);
    const Tensor cell = decoder.stochastic() ? step.cell.flatten(0, 1).to(torch::kCPU).contiguous() : Tensor();

    std::vector<std::int64_t> still, places, state_rows;
    for (std::size_t i = 0; i < running.size(); ++i) {
      bool goes_on = false;
      for (std::int64_t k = 0; k < copies; ++k) {
        const auto caption = static_cast<std::size_t>(running[i] * copies + k);
        const std::int64_t row = static_cast<std::int64_t>(i) * copies + k;
        if (ended(caption)) continue;
        drawn.words[caption].push_back(word.data_ptr<std::int64_t>()[row]);
        if (cell.defined()) {
          const std::int64_t* const seen = cell.data_ptr<std::int64_t>() + row * maps;
          drawn.cells[caption].insert(drawn.cells[caption].end(), seen, seen + maps);
        }
        goes_on = goes_on || !ended(caption);
      }
      if (!goes_on) continue;
      still.push_back(running[i]);
      places.push_back(static_cast<std::int64_t>(i));
      for (std::int64_t k = 0; k < copies; ++k) state_rows.push_back(static_cast<std::int64_t>(i) * copies + k);
    }
    if (still.empty()) break;
    const Tensor kept = torch::tensor(state_rows, torch::kLong);
    const auto count = static_cast<std::int64_t>(still.size());
    if (still.size() < running.size()) encoded = encoded.select(torch::tensor(places, torch::kLong).to(device));
    state = step.state.select(kept.to(device), count);
    previous = word.index_select(0, kept).view({count, copies});
    running = std::move(still);
  }
  return drawn;
}

}  // namespace saccade::models
