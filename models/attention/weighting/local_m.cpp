// Monotonic local attention (Luong et al. 2015, section 3.2, "local-m", in two dimensions): only cells in a window
// around p_t get weight, and p_t moves through the cells in row-major order, independent of the image:
//
//     p_t = the cell floor(t L / W), at most the last;   alpha_t = softmax over the window of e_ti
//
// where W is the number of words in which the window crosses the image. (In translation, p_t = t; a caption has fewer
// words than an image has cells.)

#include <algorithm>

#include "models/attention/weighting.hpp"
#include "models/attention/window.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

struct MonotonicOptions : OptionsOf<MonotonicOptions> {
  WindowOptions window;
  std::int64_t words = 12;

  void fields(Fields& f) override {
    window.fields(f);
    f(words, "crossing-words", Range{1, 1000}, "Move the window of local-m across the image in N words.",
      Affects::kModel);
  }
};

class MonotonicWeighting : public Weighting {
 public:
  MonotonicWeighting(const MonotonicOptions& options, const WeightingShape& shape)
      : Weighting(shape),
        score_(register_module("score", make_alignment(shape.alignment, shape.scored))),
        window_(shape.grid, options.window.window),
        cells_(shape.grid.cells()),
        words_(options.words) {}

  std::vector<Tensor> keys(const Tensor& annotations, Precision precision) override {
    return {score_->keys(annotations, precision)};
  }

  Tensor log_weights(const Query& query, const std::vector<Tensor>& keys) override {
    const Tensor scores = score_->score(query.hidden, keys[0]).flatten(0, 1) / query.temperature;
    const std::int64_t cell = std::min(cells_ - 1, query.step * cells_ / words_);
    return at::log_softmax(scores + window_.mask(window_.middle_of(cell).to(scores.options())), -1).unsqueeze(1);
  }

  bool knows_step() const override { return true; }

 private:
  std::shared_ptr<AlignmentScore> score_;
  Window window_;
  std::int64_t cells_, words_;
};

}  // namespace

void register_local_m(WeightingRegistry& registry) {
  registry.add("local-m", WeightingRegistry::value_type::of<MonotonicWeighting, MonotonicOptions>());
}

}  // namespace saccade::models
