#include "models/attention/attention.hpp"

#include <utility>

#include "core/base/error.hpp"
#include "core/base/registry.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

/// No attention (Cho et al. 2014, Vinyals et al. 2015): the decoder reads the image in its initial state only or,
/// optionally, as the mean annotation at every step.
class NoAttention : public Attention {
 public:
  NoAttention(bool mean_context, std::int64_t width) : width_(mean_context ? width : 0) {}

  Memory prepare(const Tensor& annotations, Precision /*nothing is multiplied*/) override {
    Memory memory{annotations, {}, {}};
    if (width_ > 0) memory.keys = {annotations.mean(1)};
    return memory;
  }
  AttentionOutput attend(const Query& query, const Memory& memory, const Selection& /*unused*/) override {
    AttentionOutput attended;
    if (width_ == 0) return attended;
    const std::int64_t beams = query.hidden.size(1);
    attended.context = memory.keys[0].unsqueeze(1).expand({-1, beams, -1}).flatten(0, 1);
    return attended;
  }
  std::int64_t context_width() const override { return width_; }
  int maps() const override { return 0; }
  bool stochastic() const override { return false; }
  bool knows_step() const override { return false; }
  void set_reading(Reading /*any*/) override { refuse(); }
  void force(std::shared_ptr<MapForcer> /*any*/) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw Error("the decoder has no attention; use a model with attention"); }

  std::int64_t width_;
};

class WeightedAttention : public Attention {
 public:
  WeightedAttention(const AttentionOptions& options, const AttentionShape& shape, Reading reading)
      : weighting_(
            options.weighting.make({{shape.hidden, shape.annotation, options.alignment_width, shape.grid.cells()},
                                    shape.grid,
                                    options.alignment})),
        reading_(reading) {
    register_module("weighting", weighting_);
    if (options.position_embeddings) {
      positions_ = register_parameter("positions", zero_weight({shape.grid.cells(), shape.annotation}));
    }
  }

  Memory prepare(const Tensor& annotations, Precision precision) override {
    const Tensor placed = positions_.defined() ? annotations + positions_ : annotations;
    return {annotations, weighting_->keys(placed, precision), weighting_->values(annotations, precision)};
  }
  AttentionOutput attend(const Query& query, const Memory& memory, const Selection& selection) override {
    AttentionOutput attended;
    attended.log_alpha = weighting_->log_weights(query, memory.keys);
    if (forcer_) attended.log_alpha = forcer_->replace(attended.log_alpha);
    const Reading reading = forcer_ ? Reading::kExpectation : reading_;
    Read seen = read(reading, attended.log_alpha, memory.values, query.image, selection);
    attended.cell = std::move(seen.cell);
    attended.context = weighting_->combine(seen.context);
    return attended;
  }
  std::int64_t context_width() const override { return weighting_->context_width(); }
  int maps() const override { return weighting_->maps(); }
  bool stochastic() const override { return reading_ == Reading::kDraw; }
  bool knows_step() const override { return weighting_->knows_step(); }
  void set_reading(Reading reading) override { reading_ = reading; }
  void force(std::shared_ptr<MapForcer> forcer) override { forcer_ = std::move(forcer); }

 private:
  std::shared_ptr<Weighting> weighting_;
  Reading reading_;
  Tensor positions_;                   // [L, D]; undefined without position embeddings
  std::shared_ptr<MapForcer> forcer_;  // null: use its own maps
};

using Maker = std::shared_ptr<Attention> (*)(const AttentionOptions&, const AttentionShape&);

const Registry<Maker>& attentions() {
  static const Registry<Maker> registry(
      "attention", {{"none",
                     [](const AttentionOptions& o, const AttentionShape& s) -> std::shared_ptr<Attention> {
                       return std::make_shared<NoAttention>(o.mean_context, s.annotation);
                     }},
                    {"soft",
                     [](const AttentionOptions& o, const AttentionShape& s) -> std::shared_ptr<Attention> {
                       return std::make_shared<WeightedAttention>(o, s, Reading::kExpectation);
                     }},
                    {"hard", [](const AttentionOptions& o, const AttentionShape& s) -> std::shared_ptr<Attention> {
                       return std::make_shared<WeightedAttention>(o, s, Reading::kDraw);
                     }}});
  return registry;
}

}  // namespace

Memory Memory::select(const Tensor& index) const {
  Memory selected{annotations.index_select(0, index), {}, {}};
  for (const Tensor& key : keys) selected.keys.push_back(key.index_select(0, index));
  if (values.defined()) {
    const bool same = values.is_alias_of(annotations);
    selected.values = same ? selected.annotations.unsqueeze(1) : values.index_select(0, index);
  }
  return selected;
}

AttentionOptions::AttentionOptions()
    : weighting(weighting_registry(), "weighting", "Set how alignment scores become attention weights.", "global") {}

void AttentionOptions::fields(Fields& f) {
  f(attention, "attention", attention_names(),
    "At each word, read nothing (none), the weighted mean of all cells (soft), or one cell drawn from the weights "
    "(hard).",
    Affects::kModel);
  f(mean_context, "mean-context",
    "With --attention none, pass the mean annotation to every step instead of the initial state only.",
    Affects::kModel);
  f(alignment, "alignment", alignment_registry().names(), "Set the alignment score of a state and a cell.",
    Affects::kModel);
  f(alignment_width, "alignment-width", Range{1, 8192},
    "Set the width of the space in which states and cells are compared.", Affects::kModel);
  weighting.fields(f);
  declare_position_embeddings(f);
}

void AttentionOptions::chosen_fields(Fields& f) {
  f(attention, "attention", attention_names(), "", Affects::kModel);
  if (attention == "none") {
    f(mean_context, "mean-context", "", Affects::kModel);
    return;
  }
  f(alignment, "alignment", alignment_registry().names(), "", Affects::kModel);
  f(alignment_width, "alignment-width", Range{1, 8192}, "", Affects::kModel);
  weighting.chosen_fields(f);
  declare_position_embeddings(f);
}

void AttentionOptions::declare_position_embeddings(Fields& f) {
  f(position_embeddings, "position-embeddings",
    "Add a learned position embedding to the vectors that are scored, but not to those that are read.", Affects::kModel)
      .later = true;
}

std::vector<std::string> attention_names() {
  return attentions().names();
}

std::shared_ptr<Attention> make_attention(const AttentionOptions& options, const AttentionShape& shape) {
  return attentions().at(options.attention)(options, shape);
}

}  // namespace saccade::models
