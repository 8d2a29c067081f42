// The LSTM decoder with attention of Xu et al. 2015 ("SAT"), section 3.1.2:
//
//     h_0 = tanh(f_init_h(mean_i a_i)),  c_0 = tanh(f_init_c(mean_i a_i))
//     z_t = beta_t phi({a_i}, h_{t-1}),  beta_t = sigmoid(f_beta(h_{t-1})), a scalar
//     h_t, c_t = LSTM([E y_{t-1} ; z_t], h_{t-1}, c_{t-1})
//     p(y_t) = softmax(L_o tanh(E y_{t-1} + L_h h_t + L_z z_t))
//
// alpha_t depends on h_{t-1}, so it belongs to the word y_t. With placement "after" (Luong et al. 2015, figure 2, with
// the input feeding of section 3.3), the new state attends:
//
//     h_t, c_t = LSTM([E y_{t-1} ; z_{t-1}], h_{t-1}, c_{t-1}),  z_0 = 0
//     z_t = beta_t phi({a_i}, h_t),  beta_t = sigmoid(f_beta(h_t))
//
// Without attention, there is neither z nor the gate.

#include <optional>
#include <utility>

#include "models/decoder/decoder.hpp"
#include "models/decoder/step_memory.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

struct LstmOptions : OptionsOf<LstmOptions> {
  std::int64_t hidden = 480;
  std::string placement = "before";
  std::string initial_state = "mean";

  void fields(Fields& f) override {
    f(hidden, "hidden", Range{1, 8192}, "Set the width of the LSTM state.", Affects::kModel);
    f(placement, "placement", {"before", "after"}, "Attend before the LSTM step, with h_{t-1}, or after it, with h_t.",
      Affects::kModel);
    f(initial_state, "initial-state", {"mean", "learned"},
      "Compute h_0 and c_0 from the mean annotation (mean), or learn them as constants (learned).", Affects::kModel)
        .later = true;
  }
};

class LstmDecoder : public Decoder {
 public:
  LstmDecoder(const LstmOptions& options, const DecoderContext& context)
      : hidden_(options.hidden), after_(options.placement == "after") {
    const auto& [shape, embedding, attention] = context;
    attention_ = register_module("attention", make_attention(attention, {hidden_, shape.annotation, shape.grid}));
    const std::int64_t width = attention_->context_width();
    has_context_ = width > 0;
    // Scaled like the other terms of its sums; with smaller values, training starts much more slowly.
    constexpr double kEmbeddingDeviation = 0.5;
    embedding_ = register_parameter("embedding", normal_weight(shape.vocabulary, embedding, kEmbeddingDeviation));
    if (options.initial_state == "mean") {
      init_h_ = register_parameter("init_h", uniform_weight(hidden_, shape.annotation));
      init_c_ = register_parameter("init_c", uniform_weight(hidden_, shape.annotation));
    }
    init_h_bias_ = register_parameter("init_h_bias", torch::zeros({hidden_}));
    init_c_bias_ = register_parameter("init_c_bias", torch::zeros({hidden_}));
    if (has_context_) {
      beta_ = register_parameter("beta", uniform_weight(1, hidden_));
      beta_bias_ = register_parameter("beta_bias", torch::zeros({1}));
    }
    lstm_word_ = register_parameter("lstm_word", uniform_weight(4 * hidden_, embedding));
    lstm_state_ = register_parameter("lstm_state", uniform_weight(4 * hidden_, hidden_ + width));
    lstm_bias_ = register_parameter("lstm_bias", torch::zeros({4 * hidden_}));
    output_h_ = register_parameter("output_h", uniform_weight(embedding, hidden_));
    if (has_context_) output_z_ = register_parameter("output_z", uniform_weight(embedding, width));
    output_ = register_parameter("output", uniform_weight(shape.vocabulary, embedding));
    output_bias_ = register_parameter("output_bias", torch::zeros({shape.vocabulary}));

    const torch::NoGradGuard no_gradient;
    lstm_bias_.narrow(0, hidden_, hidden_).fill_(1);  // forget gate bias of 1 (Jozefowicz et al. 2015)
  }

  MapLayout maps() const override { return {1, attention_->maps()}; }
  bool stochastic() const override { return attention_->stochastic(); }
  std::int64_t query_width() const override { return hidden_; }

  State start(const EncoderMemory& encoded) override {
    const Cells first = first_cells(encoded.memories.front().annotations);
    State state{{first.h.unsqueeze(1), first.c.unsqueeze(1)}, 0};
    if (feeds_back()) state.rows.push_back(no_context(first.h).unsqueeze(1));
    return state;
  }

  Step step(const EncoderMemory& encoded, const State& state, const Tensor& previous_words,
            const Selection& selection) override {
    const std::int64_t images = previous_words.size(0), beams = previous_words.size(1);
    const auto& times = static_cast<const Products&>(*encoded.weights);
    const auto rows = [](const Tensor& x) { return x.flatten(0, 1); };
    const auto beams_of = [images, beams](const Tensor& x) {
      auto sizes = x.sizes().vec();
      sizes[0] = beams;
      sizes.insert(sizes.begin(), images);
      return x.view(sizes);
    };
    const Tensor word = at::embedding(embedding_, previous_words.flatten());
    const Tensor image = at::arange(images * beams, previous_words.options()).floor_divide(beams);
    const auto attend = [&](const Tensor& h) {
      return gated_context({beams_of(h), image, state.step, 1}, h, encoded.memories.front(), selection);
    };
    const auto move = [&](const Cells& cells, const Tensor& z) {
      const Tensor input = has_context_ ? at::cat({cells.h, z}, -1) : cells.h;
      return lstm(times.word(word) + times.state(input) + lstm_bias_, cells.c);
    };
    Cells cells{rows(state.rows[0]), rows(state.rows[1])};
    GatedContext gated;
    if (after_) {
      cells = move(cells, has_context_ ? rows(state.rows[2]) : Tensor());
      gated = attend(cells.h);
    } else {
      gated = attend(cells.h);
      cells = move(cells, gated.z);
    }
    Tensor deep = word + times.output_h(cells.h);
    if (has_context_) deep = deep + (*times.output_z)(gated.z);

    Step step;
    step.state = {{beams_of(cells.h), beams_of(cells.c)}, state.step + 1};
    if (feeds_back()) step.state.rows.push_back(beams_of(gated.z));
    step.logits = beams_of(times.output(at::tanh(deep)) + output_bias_);
    if (gated.attention.log_alpha.defined()) step.log_alpha = beams_of(gated.attention.log_alpha);
    if (has_context_) step.beta = gated.beta.view({images, beams});
    if (gated.attention.cell.defined()) step.cell = beams_of(gated.attention.cell);
    return step;
  }

 protected:
  void set_reading(Reading reading) override { attention_->set_reading(reading); }

  EncoderMemory prepare(const Tensor& annotations, Precision precision) override {
    return {{attention_->prepare(annotations, precision)}, std::make_shared<Products>(*this, precision)};
  }

  Unrolled unroll_refined(const Tensor& annotations, const CaptionBatch& words_of, const AttentionPaths* paths,
                          const UnrollOptions& options) override {
    const Precision precision = options.precision;
    const CaptionBatch& batch = paths == nullptr ? words_of : paths->repeated.batch;
    const auto each_path = [paths](const Tensor& x) {
      return paths == nullptr ? x : x.index_select(0, paths->repeated.position);
    };
    // Precompute terms that do not depend on the step: once per image instead of once per caption ...
    const StepMemory memory(attention_->prepare(annotations, precision), batch.image);
    const Cells first = first_cells(annotations);
    Cells cells{first.h.index_select(0, batch.image), first.c.index_select(0, batch.image)};
    Tensor z = feeds_back() ? no_context(cells.h) : Tensor();
    // ... and the gate inputs of all words at once.
    const Tensor words = at::dropout(at::embedding(embedding_, words_of.inputs), options.word_dropout, is_training());
    const auto word_gates =
        each_path(linear(words, lstm_word_, lstm_bias_, precision)).split_with_sizes(batch.active, 0);
    const StepLinear recurrent(lstm_state_, precision);

    std::vector<Tensor> all_h, all_z, all_log_alpha, all_cells, all_before;
    std::int64_t place = 0;
    for (std::size_t t = 0; t < batch.active.size(); ++t) {
      const std::int64_t rows = batch.active[t];
      if (rows < cells.h.size(0)) {
        cells = {cells.h.narrow(0, 0, rows), cells.c.narrow(0, 0, rows)};
        if (z.defined()) z = z.narrow(0, 0, rows);
      }
      const auto attend = [&] {
        if (paths != nullptr) all_before.push_back(cells.h.detach());
        const Query query{cells.h.unsqueeze(1), batch.image.narrow(0, 0, rows), static_cast<std::int64_t>(t),
                          options.temperature};
        const Selection selection = paths == nullptr ? Selection() : paths->step(place, rows);
        GatedContext gated = gated_context(query, cells.h, memory.first(rows), selection);
        z = gated.z;
        if (gated.attention.log_alpha.defined()) all_log_alpha.push_back(gated.attention.log_alpha);
        if (gated.attention.cell.defined()) all_cells.push_back(gated.attention.cell);
      };
      const auto move = [&] {
        const Tensor input = has_context_ ? at::cat({cells.h, z}, -1) : cells.h;
        cells = lstm(word_gates[t] + recurrent(input), cells.c);
      };
      if (after_) {
        move();
        attend();
      } else {
        attend();
        move();
      }
      all_h.push_back(cells.h);
      if (has_context_) all_z.push_back(z);
      place += rows;
    }

    // The deep output does not feed back, so it is computed once for all steps.
    Tensor deep = each_path(words) + linear(at::cat(all_h), output_h_, {}, precision);
    if (has_context_) deep = deep + linear(at::cat(all_z), output_z_, {}, precision);
    const Tensor kept = at::dropout(at::ones_like(words), options.dropout, is_training());
    Unrolled result;
    result.logits = linear(at::tanh(deep) * each_path(kept), output_, output_bias_, precision);
    if (!all_log_alpha.empty()) result.log_alpha = at::cat(all_log_alpha);
    if (!all_cells.empty()) result.cell = at::cat(all_cells);
    if (!all_before.empty()) result.before = at::cat(all_before);
    return result;
  }

 private:
  /// Hidden and cell states of R rows, each [R, H].
  struct Cells {
    Tensor h, c;
  };

  struct Products : StepWeights {
    Products(const LstmDecoder& decoder, Precision precision)
        : word(product(decoder.lstm_word_, precision)),
          state(product(decoder.lstm_state_, precision)),
          output_h(product(decoder.output_h_, precision)),
          output(product(decoder.output_, precision)) {
      if (decoder.has_context_) output_z.emplace(product(decoder.output_z_, precision));
    }
    StepLinear word, state, output_h, output;
    std::optional<StepLinear> output_z;  // null without a context
  };

  struct GatedContext {
    AttentionOutput attention;
    Tensor beta;  // [R, 1]
    Tensor z;     // [R, C]
  };

  static StepLinear product(const Tensor& weight, Precision precision) { return {weight.detach(), precision}; }

  bool feeds_back() const { return after_ && has_context_; }
  Tensor no_context(const Tensor& h) const { return at::zeros({h.size(0), attention_->context_width()}, h.options()); }

  Cells first_cells(const Tensor& annotations) const {
    if (!init_h_.defined()) {
      const auto of_each = [&annotations](const Tensor& bias) {
        return at::tanh(bias).unsqueeze(0).expand({annotations.size(0), -1});
      };
      return {of_each(init_h_bias_), of_each(init_c_bias_)};
    }
    const Tensor mean = annotations.mean(1);
    return {at::tanh(at::linear(mean, init_h_, init_h_bias_)), at::tanh(at::linear(mean, init_c_, init_c_bias_))};
  }

  GatedContext gated_context(const Query& query, const Tensor& h, const Memory& memory,
                             const Selection& selection) const {
    GatedContext gated;
    gated.attention = attention_->attend(query, memory, selection);
    if (!has_context_) return gated;
    gated.beta = at::sigmoid(at::linear(h, beta_, beta_bias_));
    gated.z = gated.beta * gated.attention.context;
    return gated;
  }

  Cells lstm(const Tensor& gates, const Tensor& c) const {
    const auto parts = gates.split_with_sizes({3 * hidden_, hidden_}, -1);
    const auto in_forget_out = at::sigmoid(parts[0]).chunk(3, -1);
    Cells next;
    next.c = in_forget_out[1] * c + in_forget_out[0] * at::tanh(parts[1]);
    next.h = in_forget_out[2] * at::tanh(next.c);
    return next;
  }

  std::int64_t hidden_;
  bool after_;
  bool has_context_ = false;  // whether there is a context vector
  std::shared_ptr<Attention> attention_;
  Tensor embedding_;             // E [V, M]
  Tensor init_h_, init_h_bias_;  // f_init_h [H, D], [H]; only biases if learned
  Tensor init_c_, init_c_bias_;  // f_init_c [H, D], [H]
  Tensor beta_, beta_bias_;      // f_beta [1, H], [1]
  Tensor lstm_word_;             // [4H, M], gates in the order input, forget, output, candidate
  Tensor lstm_state_;            // [4H, H + C], from [h_{t-1} ; z_t]
  Tensor lstm_bias_;             // [4H]
  Tensor output_h_, output_z_;   // L_h [M, H], L_z [M, C]
  Tensor output_, output_bias_;  // L_o [V, M], [V]
};

}  // namespace

void register_lstm(DecoderRegistry& registry) {
  registry.add("lstm", DecoderRegistry::value_type::of<LstmDecoder, LstmOptions>());
}

}  // namespace saccade::models
