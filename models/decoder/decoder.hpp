#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "models/attention/alignment.hpp"
#include "models/attention/attention.hpp"
#include "models/decoder/attention_paths.hpp"
#include "models/decoder/caption_batch.hpp"
#include "models/kernels/linear.hpp"

namespace saccade::models {

/// The widths and mechanisms of a decoder; with its weights, all that it is.
struct DecoderShape {
  std::int64_t vocabulary = 0;         ///< V
  std::int64_t annotation = 0;         ///< D
  std::int64_t cells = 0;              ///< L
  std::int64_t embedding = 256;        ///< M
  std::int64_t hidden = 480;           ///< H
  std::int64_t alignment_width = 256;  ///< A
  std::string alignment = "additive";  ///< a name of models/attention/alignment.hpp
  std::string attention = "soft";      ///< a name of models/attention/attention.hpp
};

/// The LSTM decoder with attention of Xu et al. 2015 ("SAT"), section 3.1.2:
///
///     h_0 = tanh(f_init_h(mean_i a_i)),  c_0 = tanh(f_init_c(mean_i a_i))
///     e_ti = score(h_{t-1}, a_i),  alpha_t = softmax_i(e_ti)
///     z_t = beta_t phi({a_i}, alpha_t),  beta_t = sigmoid(f_beta(h_{t-1})), a scalar
///     h_t, c_t = LSTM([E y_{t-1} ; z_t], h_{t-1}, c_{t-1})
///     p(y_t) = softmax(L_o tanh(E y_{t-1} + L_h h_t + L_z z_t))
///
/// alpha_t comes from h_{t-1}: it belongs to the word y_t that step t produces.
class Decoder : public torch::nn::Module {
 public:
  explicit Decoder(DecoderShape shape);

  const DecoderShape& shape() const { return shape_; }
  const Attention& attention() const { return *attention_; }

  /// Goes on with the same weights and another attention, a name of models/attention/attention.hpp; none has weights of
  /// its own.
  void set_attention(const std::string& name);

  /// The weights of a step, in the precision of its products.
  struct Products {
    StepLinear word, state, output_h, output_z, output;
  };

  /// What is computed once, before the first step, for N images.
  struct Sight {
    torch::Tensor annotations;  ///< [N, L, D]
    torch::Tensor keys;         ///< [N, L, A]
    Products products;          ///< the weights as the steps multiply by them
  };
  Sight look(const torch::Tensor& annotations, Precision precision = Precision::kFloat32);

  /// The LSTM's state for K captions (or beams) of each of N images.
  struct State {
    torch::Tensor h;  ///< [N, K, H]
    torch::Tensor c;  ///< [N, K, H]
  };
  /// The state before the first word, K = 1.
  State initial_state(const torch::Tensor& annotations);

  /// One step of generation.
  struct Step {
    State state;
    torch::Tensor logits;  ///< [N, K, V]
    torch::Tensor alpha;   ///< [N, K, L]
    torch::Tensor beta;    ///< [N, K]
    torch::Tensor cell;    ///< [N, K] as in Glimpse; undefined where attention is soft
  };
  /// previous_words [N, K]: y_{t-1}; `selection` of N * K rows. Not differentiable in a useful way: for generation.
  Step step(const Sight& sight, const State& state, const torch::Tensor& previous_words,
            const Selection& selection = {});

  struct TrainingOptions {
    double word_dropout = 0.3;  ///< of the embedded words' values
    double dropout = 0.5;       ///< of the deep output's hidden layer
    double temperature = 1;     ///< alpha_t = softmax(e_t / temperature)
    Precision precision = Precision::kFloat32;
  };
  /// All steps of a batch with teacher forcing. Rows are packed as in CaptionBatch.
  struct Unrolled {
    torch::Tensor logits;  ///< [P, V]
    torch::Tensor scores;  ///< [P, L], e_t / temperature
    torch::Tensor alpha;   ///< [P, L]
    torch::Tensor cell;    ///< [P] as in Glimpse; undefined where attention is soft
    torch::Tensor before;  ///< [P, H], h_{t-1}, detached; undefined where there are no paths
  };
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const TrainingOptions& options);

  /// The same along the paths s_1 ... s_T of attention, of which a caption may have several. What its words alone
  /// decide is computed once for all of them, and they share the units that dropout leaves out. Tensors of P' rows.
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& batch, const AttentionPaths& paths,
                  const TrainingOptions& options);

 private:
  Unrolled unroll(const torch::Tensor& annotations, const CaptionBatch& words, const AttentionPaths* paths,
                  const TrainingOptions& options);
  torch::Tensor gate(const torch::Tensor& h) const;
  State lstm(const torch::Tensor& gates, const torch::Tensor& c) const;

  DecoderShape shape_;
  std::shared_ptr<AlignmentScore> alignment_;
  std::shared_ptr<Attention> attention_;
  torch::Tensor embedding_;             // E [V, M]
  torch::Tensor init_h_, init_h_bias_;  // f_init_h [H, D], [H]
  torch::Tensor init_c_, init_c_bias_;  // f_init_c [H, D], [H]
  torch::Tensor beta_, beta_bias_;      // f_beta [1, H], [1]
  torch::Tensor lstm_word_;             // [4H, M], gates in the order input, forget, output, candidate
  torch::Tensor lstm_state_;            // [4H, H + D], from [h_{t-1} ; z_t]
  torch::Tensor lstm_bias_;             // [4H]
  torch::Tensor output_h_, output_z_;   // L_h [M, H], L_z [M, D]
  torch::Tensor output_, output_bias_;  // L_o [V, M], [V]
};

}  // namespace saccade::models
