#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

namespace saccade::models {

/// Where the decoder looks at one time step, and what it sees there. N images, K captions (or beams) each, L cells.
struct Glimpse {
  torch::Tensor alpha;    ///< [N, K, L] attention weights, summing to 1 over the cells
  torch::Tensor context;  ///< [N, K, D] the context vector before the gate beta
};

/// The mechanism phi of Xu et al. 2015, section 4: from alignment scores to a context vector.
class Attention : public torch::nn::Module {
 public:
  /// scores [N, K, L], annotations [N, L, D].
  virtual Glimpse attend(const torch::Tensor& scores, const torch::Tensor& annotations) = 0;
};

/// Soft (deterministic) attention: the expected annotation, `sum_i alpha_ti a_i` (SAT eq. 8).
class SoftAttention : public Attention {
 public:
  Glimpse attend(const torch::Tensor& scores, const torch::Tensor& annotations) override;
};

/// The names `make_attention` knows.
std::vector<std::string> attention_names();

/// Throws Error naming the choices when the name is unknown.
std::shared_ptr<Attention> make_attention(const std::string& name);

}  // namespace saccade::models
