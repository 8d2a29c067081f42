// Global attention over all cells: alpha_t = softmax_i(e_ti) (Bahdanau et al. 2015, Xu et al. 2015).

#include "models/attention/weighting.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

class GlobalWeighting : public Weighting {
 public:
  explicit GlobalWeighting(const WeightingShape& shape)
      : Weighting(shape), score_(register_module("score", make_alignment(shape.alignment, shape.scored))) {}

  std::vector<Tensor> keys(const Tensor& annotations, Precision precision) override {
    return {score_->keys(annotations, precision)};
  }

  Tensor log_weights(const Query& query, const std::vector<Tensor>& keys) override {
    Tensor scores = score_->score(query.hidden, keys[0]).flatten(0, 1).unsqueeze(1);
    if (query.temperature != 1) scores = scores / query.temperature;
    return at::log_softmax(scores, -1);
  }

 private:
  std::shared_ptr<AlignmentScore> score_;
};

}  // namespace

void register_global(WeightingRegistry& registry) {
  registry.add("global", WeightingRegistry::value_type::of<GlobalWeighting>());
}

}  // namespace saccade::models
