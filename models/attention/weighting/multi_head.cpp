// Multi-head attention (Vaswani et al. 2017, section 3.2.2): each of M heads has its own scaled dot product, and the
// values that they read are concatenated and projected:
//
//     alpha_tki = softmax_i(q_k . k_ki / sqrt(d)),   z = W_o [z_1 ; ... ; z_M],   z_k = sum_i alpha_tki v_ki
//
// with q = W_q h, k = W_k a, v = W_v a split into M parts of width d. With hard attention, each head reads one cell.

#include <cmath>

#include "core/base/error.hpp"
#include "models/attention/weighting.hpp"
#include "models/kernels/initialization.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

struct MultiHeadOptions : OptionsOf<MultiHeadOptions> {
  std::int64_t heads = 8;

  void fields(Fields& f) override {
    f(heads, "heads", Range{1, 64},
      "Set the number of heads of multi-head attention, which divide the alignment width.", Affects::kModel);
  }
};

class MultiHeadWeighting : public Weighting {
 public:
  MultiHeadWeighting(const MultiHeadOptions& options, const WeightingShape& shape)
      : Weighting(shape), heads_(options.heads), width_(shape.scored.width) {
    const auto& [hidden, annotation, width, cells] = shape.scored;
    if (width % heads_ != 0) throw Error("the alignment width {} is no multiple of the {} heads", width, heads_);
    if (shape.alignment != "scaled-dot") {
      throw Error("multi-head attention is defined for the alignment score scaled-dot, not {}: choose that one",
                  shape.alignment);
    }
    query_ = register_parameter("query", uniform_weight(width, hidden));
    key_ = register_parameter("key", uniform_weight(width, annotation));
    value_ = register_parameter("value", uniform_weight(width, annotation));
    join_ = register_parameter("join", uniform_weight(width, width));
  }

  std::vector<Tensor> keys(const Tensor& annotations, Precision precision) override {
    return {heads_of(linear(annotations, key_, {}, precision))};  // [N, M, L, d]
  }

  Tensor values(const Tensor& annotations, Precision precision) override {
    return heads_of(linear(annotations, value_, {}, precision)).contiguous();
  }

  Tensor log_weights(const Query& query, const std::vector<Tensor>& keys) override {
    const Tensor asked = heads_of(at::linear(query.hidden, query_));     // [G, M, K, d]
    const Tensor scores = at::matmul(asked, keys[0].transpose(-1, -2));  // [G, M, K, L]
    const double scale = std::sqrt(static_cast<double>(asked.size(-1))) * query.temperature;
    return at::log_softmax(scores.transpose(1, 2).flatten(0, 1) / scale, -1);  // [R, M, L]
  }

  int maps() const override { return static_cast<int>(heads_); }
  std::int64_t context_width() const override { return width_; }
  Tensor combine(const Tensor& read) override { return at::linear(read.flatten(1), join_); }

 private:
  /// [B, n, A] -> [B, M, n, d]
  Tensor heads_of(const Tensor& x) const { return x.reshape({x.size(0), x.size(1), heads_, -1}).transpose(1, 2); }

  std::int64_t heads_, width_;
  Tensor query_, key_, value_, join_;  // W_q [A, H], W_k and W_v [A, D], W_o [A, A]
};

}  // namespace

void register_multi_head(WeightingRegistry& registry) {
  registry.add("multi-head", WeightingRegistry::value_type::of<MultiHeadWeighting, MultiHeadOptions>());
}

}  // namespace saccade::models
