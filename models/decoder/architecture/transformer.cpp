// A Transformer decoder (Vaswani et al. 2017). In each layer, a word attends to itself and the previous words, then to
// the cells through the attention interface (multi-head in the original), and passes a feed-forward block. The maps of
// a word are those of all layers, with the last layer last.

#include <utility>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "models/decoder/decoder.hpp"
#include "models/kernels/initialization.hpp"
#include "models/kernels/transformer_block.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

struct TransformerOptions : OptionsOf<TransformerOptions> {
  std::int64_t layers = 3;
  std::int64_t word_heads = 8;

  void fields(Fields& f) override {
    f(layers, "layers", Range{1, 64}, "Set the number of Transformer layers.", Affects::kModel);
    f(word_heads, "word-heads", Range{1, 64}, "Set the number of heads of the Transformer's self-attention over words.",
      Affects::kModel);
  }
};

class TransformerDecoder : public Decoder {
 public:
  TransformerDecoder(const TransformerOptions& options, const DecoderContext& context) : width_(context.embedding) {
    const DecoderShape& shape = context.shape;
    if (width_ % 2 != 0) {
      throw Error("the embedding of a Transformer, {} wide, must have an even width, for sines and cosines", width_);
    }
    constexpr double kEmbeddingDeviation = 0.5;
    embedding_ = register_parameter("embedding", normal_weight(shape.vocabulary, width_, kEmbeddingDeviation));
    see_ = register_parameter("see", uniform_weight(width_, shape.annotation));
    see_bias_ = register_parameter("see_bias", torch::zeros({width_}));
    for (std::int64_t number = 0; number < options.layers; ++number) {
      Layer layer;
      const auto named = [number](const char* part) { return fmt::format("{}{}", part, number); };
      layer.words = register_module(named("words"), std::make_shared<SelfAttention>(width_, options.word_heads));
      layer.attention = register_module(named("attention"),
                                        make_attention(context.attention, {width_, shape.annotation, shape.grid}));
      if (layer.attention->maps() > 0) {
        layer.norm = register_module(named("norm"), std::make_shared<LayerNorm>(width_));
      }
      if (layer.attention->context_width() > 0) {
        layer.context = register_parameter(named("context"), uniform_weight(width_, layer.attention->context_width()));
      }
      layer.feed_forward = register_module(named("feed_forward"), std::make_shared<FeedForward>(width_, 4 * width_));
      layers_.push_back(std::move(layer));
    }
    norm_ = register_module("norm", std::make_shared<LayerNorm>(width_));
    output_ = register_parameter("output", uniform_weight(shape.vocabulary, width_));
    output_bias_ = register_parameter("output_bias", torch::zeros({shape.vocabulary}));
  }

  MapLayout maps() const override { return {static_cast<int>(layers_.size()), layers_.front().attention->maps()}; }
  bool stochastic() const override { return layers_.front().attention->stochastic(); }
  std::int64_t query_width() const override { return width_; }

  State start(const EncoderMemory& encoded) override {
    // The key-value cache of each layer, initially empty.
    State state;
    const auto options = encoded.memories.front().annotations.options();
    state.rows.push_back(mean_seen(encoded.memories.front().annotations).unsqueeze(1));
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      state.rows.push_back(at::empty({encoded.images(), 1, 0, 2 * width_}, options));
    }
    return state;
  }

  Step step(const EncoderMemory& encoded, const State& state, const Tensor& previous_words,
            const Selection& selection) override {
    const std::int64_t images = previous_words.size(0), beams = previous_words.size(1);
    const Precision precision = static_cast<const Precisely&>(*encoded.weights).precision;
    const Tensor image = at::arange(images * beams, previous_words.options()).floor_divide(beams);
    Step step;
    step.state.step = state.step + 1;
    step.state.rows.push_back(state.rows[0]);
    Tensor x = at::embedding(embedding_, previous_words.flatten()) + state.rows[0].flatten(0, 1) +
               position(at::full({1}, state.step, torch::kLong), state.rows[0]);
    std::vector<Tensor> log_alpha, cell;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = layers_[i];
      Tensor past = state.rows[1 + i].flatten(0, 1);
      x = layer.words->forward_next(x, past, precision);
      step.state.rows.push_back(past.view({images, beams, past.size(1), past.size(2)}));
      const Tensor queries = layer.norm ? layer.norm->forward(x) : x;
      const Query query{queries.view({images, beams, -1}), image, state.step, 1};
      const AttentionOutput attended = layer.attention->attend(query, encoded.memories[i], layer_of(selection, i));
      x = add_context(layer, x, attended, precision);
      x = layer.feed_forward->forward(x, precision);
      if (attended.log_alpha.defined()) log_alpha.push_back(attended.log_alpha);
      if (attended.cell.defined()) cell.push_back(attended.cell);
    }
    step.logits = linear(norm_->forward(x), output_, output_bias_, precision).view({images, beams, -1});
    if (!log_alpha.empty()) {
      const Tensor all = at::cat(log_alpha, 1);
      step.log_alpha = all.view({images, beams, all.size(1), all.size(2)});
    }
    if (!cell.empty()) step.cell = at::cat(cell, 1).view({images, beams, -1});
    return step;
  }

 protected:
  void set_reading(Reading reading) override {
    for (const Layer& layer : layers_) layer.attention->set_reading(reading);
  }

  EncoderMemory prepare(const Tensor& annotations, Precision precision) override {
    EncoderMemory encoded;
    for (const Layer& layer : layers_) encoded.memories.push_back(layer.attention->prepare(annotations, precision));
    encoded.weights = std::make_shared<Precisely>(precision);
    return encoded;
  }

  Unrolled unroll_refined(const Tensor& annotations, const CaptionBatch& words_of, const AttentionPaths* paths,
                          const UnrollOptions& options) override {
    const Precision precision = options.precision;
    const CaptionBatch& batch = paths == nullptr ? words_of : paths->repeated.batch;
    const auto each_path = [paths](const Tensor& x) {
      return paths == nullptr ? x : x.index_select(0, paths->repeated.position);
    };
    // A table of B rows and T steps instead of packed positions: steps do not depend on each other and run at once.
    const std::int64_t rows = batch.captions(), steps = static_cast<std::int64_t>(batch.active.size());
    std::vector<Tensor> step_of;
    for (std::int64_t t = 0; t < steps; ++t) {
      step_of.push_back(at::full({batch.active[static_cast<std::size_t>(t)]}, t, batch.row.options()));
    }
    const Tensor place = batch.row * steps + at::cat(step_of);  // [P], into B T
    const auto spread = [&](const Tensor& packed) {
      auto sizes = packed.sizes().vec();
      sizes[0] = rows * steps;
      return at::zeros(sizes, packed.options()).index_copy(0, place, packed);
    };

    const Tensor words = at::dropout(at::embedding(embedding_, words_of.inputs), options.word_dropout, is_training());
    const Tensor waves = position(at::arange(steps, torch::kLong), annotations).repeat({rows, 1});
    const Tensor seen = mean_seen(annotations).index_select(0, batch.image).repeat_interleave(steps, 0);
    const Tensor image = batch.image.repeat_interleave(steps);
    Tensor x = spread(each_path(words)) + waves + seen;  // [B T, W]
    Selection selection;
    if (paths != nullptr) {
      if (paths->uniform.defined()) selection.uniform = spread(paths->uniform);
      if (paths->cell.defined()) selection.cell = spread(paths->cell);
      if (paths->expected.defined()) selection.expected = paths->expected.repeat_interleave(steps);
    }
    std::vector<Tensor> log_alpha, cell;
    Unrolled result;
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Layer& layer = layers_[i];
      x = layer.words->forward_masked(x.view({rows, steps, -1}), precision).flatten(0, 1);
      const Tensor queries = layer.norm ? layer.norm->forward(x) : x;
      if (paths != nullptr && i == 0) result.before = queries.detach().index_select(0, place);
      const AttentionOutput attended =
          attend(layer, queries, annotations, batch.image, image, rows, layer_of(selection, i), options);
      x = add_context(layer, x, attended, precision);
      x = layer.feed_forward->forward(x, precision);
      if (attended.log_alpha.defined()) log_alpha.push_back(attended.log_alpha.index_select(0, place));
      if (attended.cell.defined()) cell.push_back(attended.cell.index_select(0, place));
    }
    const Tensor kept = at::dropout(at::ones_like(words), options.dropout, is_training());
    const Tensor deep = norm_->forward(x.index_select(0, place)) * each_path(kept);
    result.logits = linear(deep, output_, output_bias_, precision);
    if (!log_alpha.empty()) result.log_alpha = at::cat(log_alpha, 1);
    if (!cell.empty()) result.cell = at::cat(cell, 1);
    return result;
  }

 private:
  struct Layer {
    std::shared_ptr<SelfAttention> words;
    std::shared_ptr<LayerNorm> norm;  // of the queries; null without attention
    std::shared_ptr<Attention> attention;
    Tensor context;  // [W, C]; undefined without a context
    std::shared_ptr<FeedForward> feed_forward;
  };

  struct Precisely : StepWeights {
    explicit Precisely(Precision p) : precision(p) {}
    Precision precision;
  };

  Tensor mean_seen(const Tensor& annotations) const { return at::linear(annotations.mean(1), see_, see_bias_); }
  Tensor position(const Tensor& steps, const Tensor& like) const { return sinusoids(steps, width_).to(like.options()); }

  /// The part of a selection that belongs to layer i.
  Selection layer_of(const Selection& selection, std::size_t i) const {
    const std::int64_t maps = layers_.front().attention->maps();
    const std::int64_t first = static_cast<std::int64_t>(i) * maps;
    Selection part = selection;
    if (part.uniform.defined()) part.uniform = part.uniform.narrow(1, first, maps);
    if (part.cell.defined()) part.cell = part.cell.narrow(1, first, maps);
    return part;
  }

  Tensor add_context(const Layer& layer, const Tensor& x, const AttentionOutput& attended, Precision precision) const {
    return layer.context.defined() ? x + linear(attended.context, layer.context, {}, precision) : x;
  }

  /// Attends from all rows at once, or step by step if the attention depends on the step number.
  static AttentionOutput attend(const Layer& layer, const Tensor& queries, const Tensor& annotations,
                                const Tensor& image_of_row, const Tensor& image, std::int64_t rows,
                                const Selection& selection, const UnrollOptions& options) {
    Memory memory = layer.attention->prepare(annotations, options.precision);
    for (Tensor& key : memory.keys) key = key.index_select(0, image_of_row);
    if (!layer.attention->knows_step()) {
      return layer.attention->attend({queries.view({rows, -1, queries.size(1)}), image, 0, options.temperature}, memory,
                                     selection);
    }
    const std::int64_t steps = queries.size(0) / rows;
    const auto at_rows = [rows, steps](const Tensor& x) {
      auto sizes = x.sizes().vec();
      sizes[0] = steps;
      sizes.insert(sizes.begin(), rows);
      return x.view(sizes);
    };
    const auto at_step = [&](const Tensor& x, std::int64_t t) { return x.defined() ? at_rows(x).select(1, t) : x; };
    std::vector<Tensor> log_alpha, cell, context;
    for (std::int64_t t = 0; t < steps; ++t) {
      const Selection part{at_step(selection.uniform, t), at_step(selection.cell, t), at_step(selection.expected, t),
                           selection.likeliest};
      const AttentionOutput attended = layer.attention->attend(
          {at_step(queries, t).unsqueeze(1), image_of_row, t, options.temperature}, memory, part);
      log_alpha.push_back(attended.log_alpha);
      context.push_back(attended.context);
      if (attended.cell.defined()) cell.push_back(attended.cell);
    }
    const auto joined = [](const std::vector<Tensor>& parts) {
      return parts.empty() ? Tensor() : at::stack(parts, 1).flatten(0, 1);
    };
    return {joined(log_alpha), joined(cell), joined(context)};
  }

  std::int64_t width_;
  Tensor embedding_;       // [V, W]
  Tensor see_, see_bias_;  // [W, D], [W]: projection of the mean annotation, added to every word
  std::vector<Layer> layers_;
  std::shared_ptr<LayerNorm> norm_;
  Tensor output_, output_bias_;  // [V, W], [V]
};

}  // namespace

void register_transformer(DecoderRegistry& registry) {
  registry.add("transformer", DecoderRegistry::value_type::of<TransformerDecoder, TransformerOptions>());
}

}  // namespace saccade::models
