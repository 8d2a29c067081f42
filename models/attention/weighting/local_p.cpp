// Predictive local attention (Luong et al. 2015, equations 9 and 10, "local-p", in two dimensions): the state
// predicts the center of the window on the R x C grid, and weights decrease with the distance from it:
//
//     p_t = (R, C) sigmoid(V_p tanh(W_p h))
//     alpha_ti ~ exp(e_ti) exp(-|i - p_t|^2 / (2 sigma^2)) inside the window, sigma = D / 2
//
// The product is normalized to sum 1, so that hard attention can sample from it.

#include "models/attention/weighting.hpp"
#include "models/attention/window.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

class PredictiveWeighting : public Weighting {
 public:
  PredictiveWeighting(const WindowOptions& options, const WeightingShape& shape)
      : Weighting(shape),
        score_(register_module("score", make_alignment(shape.alignment, shape.scored))),
        window_(shape.grid, options.window),
        size_(torch::tensor({shape.grid.rows, shape.grid.columns}, torch::kDouble)),
        sigma_(static_cast<double>(options.window) / 2) {
    inner_ = register_parameter("inner", uniform_weight(shape.scored.width, shape.scored.hidden));
    outer_ = register_parameter("outer", uniform_weight(2, shape.scored.width));
  }

  std::vector<Tensor> keys(const Tensor& annotations, Precision precision) override {
    return {score_->keys(annotations, precision)};
  }

  Tensor log_weights(const Query& query, const std::vector<Tensor>& keys) override {
    const Tensor hidden = query.hidden.flatten(0, 1);
    const Tensor middle =
        size_.to(hidden.options()) * at::sigmoid(at::linear(at::tanh(at::linear(hidden, inner_)), outer_));
    const Tensor scores = score_->score(query.hidden, keys[0]).flatten(0, 1) / query.temperature;
    const Tensor nearness = -window_.squared_distance(middle) / (2 * sigma_ * sigma_);
    return at::log_softmax(scores + nearness + window_.mask(middle), -1).unsqueeze(1);
  }

 private:
  std::shared_ptr<AlignmentScore> score_;
  Window window_;
  Tensor size_;  // [2]: rows, columns
  double sigma_;
  Tensor inner_, outer_;  // W_p [A, H], V_p [2, A]
};

}  // namespace

void register_local_p(WeightingRegistry& registry) {
  registry.add("local-p", WeightingRegistry::value_type::of<PredictiveWeighting, WindowOptions>());
}

}  // namespace saccade::models
