#include "models/decoder/decoder.hpp"

#include <utility>

#include "models/kernels/initialisation.hpp"

namespace saccade::models {

using torch::Tensor;

Decoder::Decoder(DecoderShape shape) : shape_(std::move(shape)) {
  const auto& s = shape_;
  alignment_ =
      register_module("alignment", make_alignment(s.alignment, {s.hidden, s.annotation, s.alignment_width, s.cells}));
  attention_ = register_module("attention", make_attention(s.attention));
  // As large as the other arguments of the sums that it enters; smaller ones learn to speak markedly later.
  constexpr double kEmbeddingDeviation = 0.5;
  embedding_ = register_parameter("embedding", normal_weight(s.vocabulary, s.embedding, kEmbeddingDeviation));
  init_h_ = register_parameter("init_h", uniform_weight(s.hidden, s.annotation));
  init_h_bias_ = register_parameter("init_h_bias", torch::zeros({s.hidden}));
  init_c_ = register_parameter("init_c", uniform_weight(s.hidden, s.annotation));
  init_c_bias_ = register_parameter("init_c_bias", torch::zeros({s.hidden}));
  beta_ = register_parameter("beta", uniform_weight(1, s.hidden));
  beta_bias_ = register_parameter("beta_bias", torch::zeros({1}));
  lstm_word_ = register_parameter("lstm_word", uniform_weight(4 * s.hidden, s.embedding));
  lstm_state_ = register_parameter("lstm_state", uniform_weight(4 * s.hidden, s.hidden + s.annotation));
  lstm_bias_ = register_parameter("lstm_bias", torch::zeros({4 * s.hidden}));
  output_h_ = register_parameter("output_h", uniform_weight(s.embedding, s.hidden));
  output_z_ = register_parameter("output_z", uniform_weight(s.embedding, s.annotation));
  output_ = register_parameter("output", uniform_weight(s.vocabulary, s.embedding));
  output_bias_ = register_parameter("output_bias", torch::zeros({s.vocabulary}));

  const torch::NoGradGuard no_gradient;
  lstm_bias_.narrow(0, s.hidden, s.hidden).fill_(1);  // remember, unless told to forget (Jozefowicz et al. 2015)
}

void Decoder::set_attention(const std::string& name) {
  attention_ = replace_module("attention", make_attention(name));
  shape_.attention = name;
}

Decoder::Sight Decoder::look(const Tensor& annotations, Precision precision) {
  const auto product = [precision](const Tensor& weight) { return StepLinear(weight.detach(), precision); };
  return {annotations,
          alignment_->keys(annotations, precision),
          {product(lstm_word_), product(lstm_state_), product(output_h_), product(output_z_), product(output_)}};
}

Decoder::State Decoder::initial_state(const Tensor& annotations) {
  const Tensor mean = annotations.mean(1, /*keepdim=*/true);
  return {at::tanh(at::linear(mean, init_h_, init_h_bias_)), at::tanh(at::linear(mean, init_c_, init_c_bias_))};
}

Tensor Decoder::gate(const Tensor& h) const {
  return at::sigmoid(at::linear(h, beta_, beta_bias_));
}

Decoder::State Decoder::lstm(const Tensor& gates, const Tensor& c) const {
  const auto parts = gates.split_with_sizes({3 * shape_.hidden, shape_.hidden}, -1);
  const auto in_forget_out = at::sigmoid(parts[0]).chunk(3, -1);
  State next;
  next.c = in_forget_out[1] * c + in_forget_out[0] * at::tanh(parts[1]);
  next.h = in_forget_out[2] * at::tanh(next.c);
  return next;
}

Decoder::Step Decoder::step(const Sight& sight, const State& state, const Tensor& previous_words,
                            const Selection& selection) {
  const std::int64_t images = state.h.size(0), beams = state.h.size(1);
  Step step;
  const Tensor word = at::embedding(embedding_, previous_words);
  const Tensor scores = alignment_->score(state.h, sight.keys).flatten(0, 1);
  const Tensor image = at::arange(images * beams, previous_words.options()).floor_divide(beams);
  const Glimpse glimpse = attention_->attend(scores, sight.annotations, image, selection);
  const Tensor beta = gate(state.h);
  const Tensor z = beta * glimpse.context.view({images, beams, -1});
  const Products& times = sight.products;
  step.state = lstm(times.word(word) + times.state(at::cat({state.h, z}, -1)) + lstm_bias_, state.c);
  const Tensor deep = at::tanh(word + times.output_h(step.state.h) + times.output_z(z));
  step.logits = times.output(deep) + output_bias_;
  step.alpha = glimpse.alpha.view({images, beams, -1});
  step.beta = beta.squeeze(-1);
  if (glimpse.cell.defined()) step.cell = glimpse.cell.view({images, beams});
  return step;
}

Decoder::Unrolled Decoder::unroll(const Tensor& annotations, const CaptionBatch& batch,
                                  const TrainingOptions& options) {
  return unroll(annotations, batch, nullptr, options);
}

Decoder::Unrolled Decoder::unroll(const Tensor& annotations, const CaptionBatch& batch, const AttentionPaths& paths,
                                  const TrainingOptions& options) {
  return unroll(annotations, batch, &paths, options);
}

Decoder::Unrolled Decoder::unroll(const Tensor& annotations, const CaptionBatch& words_of, const AttentionPaths* paths,
                                  const TrainingOptions& options) {
  const Precision precision = options.precision;
  const CaptionBatch& batch = paths == nullptr ? words_of : paths->repeated.batch;
  const auto each_path = [paths](const Tensor& x) {
    return paths == nullptr ? x : x.index_select(0, paths->repeated.position);
  };
  // What does not depend on the step is computed before the first: for an image, not for each of its captions ...
  const Tensor all_keys = alignment_->keys(annotations, precision);
  const State start = initial_state(annotations);
  const StepRows keys(all_keys.index_select(0, batch.image));
  const StepRows seen(annotations);
  State state{start.h.squeeze(1).index_select(0, batch.image), start.c.squeeze(1).index_select(0, batch.image)};
  // ... and the words' part of the LSTM's gates for all words at once.
  const Tensor words = at::dropout(at::embedding(embedding_, words_of.inputs), options.word_dropout, is_training());
  const auto word_gates = each_path(linear(words, lstm_word_, lstm_bias_, precision)).split_with_sizes(batch.active, 0);
  const StepLinear recurrent(lstm_state_, precision);

  std::vector<Tensor> all_h, all_z, all_scores, all_alpha, all_cells, all_before;
  std::int64_t first = 0;
  for (std::size_t t = 0; t < batch.active.size(); ++t) {
    const std::int64_t rows = batch.active[t];
    if (rows < state.h.size(0)) state = {state.h.narrow(0, 0, rows), state.c.narrow(0, 0, rows)};
    if (paths != nullptr) all_before.push_back(state.h.detach());
    Tensor scores = alignment_->score(state.h.unsqueeze(1), keys.first(rows)).squeeze(1);
    if (options.temperature != 1) scores = scores / options.temperature;
    const Glimpse glimpse = attention_->attend(scores, seen.first(annotations.size(0)), batch.image.narrow(0, 0, rows),
                                               paths == nullptr ? Selection() : paths->step(first, rows));
    const Tensor z = gate(state.h) * glimpse.context;
    state = lstm(word_gates[t] + recurrent(at::cat({state.h, z}, -1)), state.c);
    all_h.push_back(state.h);
    all_z.push_back(z);
    all_scores.push_back(scores);
    all_alpha.push_back(glimpse.alpha);
    if (glimpse.cell.defined()) all_cells.push_back(glimpse.cell);
    first += rows;
  }

  // The deep output does not feed back, so it too is computed once for all steps.
  const Tensor deep = at::tanh(each_path(words) + linear(at::cat(all_h), output_h_, {}, precision) +
                               linear(at::cat(all_z), output_z_, {}, precision));
  const Tensor kept = at::dropout(at::ones_like(words), options.dropout, is_training());
  Unrolled result;
  result.logits = linear(deep * each_path(kept), output_, output_bias_, precision);
  result.scores = at::cat(all_scores);
  result.alpha = at::cat(all_alpha);
  if (!all_cells.empty()) result.cell = at::cat(all_cells);
  if (!all_before.empty()) result.before = at::cat(all_before);
  return result;
}

}  // namespace saccade::models
