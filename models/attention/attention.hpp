#pragma once

#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

namespace saccade::models {

/// Where R rows (captions, beams or samples) look at one time step, and what they see there. L cells.
struct Glimpse {
  torch::Tensor alpha;  ///< [R, L] attention weights, summing to 1 over the cells
  torch::Tensor cell;  ///< [R] int64, s_t: the one cell that was seen, or -1: all, weighted. Undefined: -1 for all rows
  torch::Tensor context;  ///< [R, D] the context vector before the gate beta
};

/// How the rows choose their cells, where attention is hard: the likeliest one, unless something else is said.
struct Selection {
  torch::Tensor uniform;   ///< [R] float32 in [0, 1): then s_t ~ Multinoulli(alpha_t), drawn with these
  torch::Tensor cell;      ///< [R] int64: chosen already
  torch::Tensor expected;  ///< [R] bool: these rows see the expectation instead, as in soft attention
};

/// The mechanism phi of Xu et al. 2015, section 4: from alignment scores to a context vector.
class Attention : public torch::nn::Module {
 public:
  /// scores [R, L]; annotations [N, L, D]; image [R] int64, which of the N images each row looks at.
  virtual Glimpse attend(const torch::Tensor& scores, const torch::Tensor& annotations, const torch::Tensor& image,
                         const Selection& selection) = 0;

  /// Whether it chooses one cell, so that `Selection` means something to it.
  virtual bool chooses() const = 0;
};

/// Soft (deterministic) attention: the expected annotation, `sum_i alpha_ti a_i` (SAT section 4.2).
class SoftAttention : public Attention {
 public:
  Glimpse attend(const torch::Tensor& scores, const torch::Tensor& annotations, const torch::Tensor& image,
                 const Selection& selection) override;
  bool chooses() const override { return false; }
};

/// Hard (stochastic) attention: the annotation of one cell, `a_{s_t}` with `p(s_t = i) = alpha_ti` (SAT section 4.1).
/// No gradient passes through the choice: models/training/lower_bound.hpp estimates it.
class HardAttention : public Attention {
 public:
  Glimpse attend(const torch::Tensor& scores, const torch::Tensor& annotations, const torch::Tensor& image,
                 const Selection& selection) override;
  bool chooses() const override { return true; }
};

/// s ~ Multinoulli(alpha) by inversion: alpha [R, L], uniform [R] in [0, 1) -> [R] int64. Never a cell of no weight.
torch::Tensor draw_cells(const torch::Tensor& alpha, const torch::Tensor& uniform);

/// The names `make_attention` knows.
std::vector<std::string> attention_names();

/// Throws Error naming the choices when the name is unknown.
std::shared_ptr<Attention> make_attention(const std::string& name);

}  // namespace saccade::models
