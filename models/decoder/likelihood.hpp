#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// log p(y | s_n, a) of each caption along S paths drawn from p(s | a). Returns [B, S] double in the order of the
/// batch. Requires hard attention. Uses LibTorch's global generator.
torch::Tensor sampled_log_likelihoods(Decoder& decoder, const torch::Tensor& annotations, const CaptionBatch& batch,
                                      int samples);

/// log p(y | a) of each caption if every step reads the weighted mean: [B] double. Exact for soft attention.
torch::Tensor expected_log_likelihoods(Decoder& decoder, const torch::Tensor& annotations, const CaptionBatch& batch);

/// log p(y_t | y_<t, a) of every word of one caption (<start> ... <end>, without the <end>) for each of N images.
/// annotations: [N, L, D]. Returns [N, T] double on the CPU. Hard attention reads the medoid.
torch::Tensor word_log_probabilities(Decoder& decoder, const torch::Tensor& annotations,
                                     const std::vector<std::int64_t>& caption);

/// A mean over words, in nats per word, with its standard error. Photos are the independent units, because captions of
/// one photo are similar.
struct Estimate {
  double mean = 0;
  double error = 0;
};

/// Log-likelihood of the captions of a dataset.
class LikelihoodSummary {
 public:
  /// `samples`: paths per caption, for hard attention.
  LikelihoodSummary(Decoder& decoder, int samples);

  /// Adds captions (<start> ... <end>) of images with annotations [N, L, D]; captions[i] belongs to images[i].
  void add(const torch::Tensor& annotations, const std::vector<std::vector<std::int64_t>>& captions,
           const std::vector<std::int64_t>& images);

  std::int64_t words() const;  ///< including <end>
  /// Words that are not in the vocabulary and are scored as <unk>. A small vocabulary makes them probable.
  std::int64_t unknown_words() const { return unknown_; }
  /// Mean of log p(<unk> | a) over unknown words with the weighted mean; 0 if there are none.
  double unknown_log_probability() const;
  Estimate expected() const;  ///< log p(y | a) with the weighted mean
  /// Lower bound L_s = E_s log p(y | s, a) (Xu et al. 2015, equation 10): mean over the samples.
  Estimate lower_bound() const;
  /// Marginal log p(y | a) by importance weighting, log 1/S sum_n p(y | s_n, a) with s_n ~ p(s | a) (Burda et al.
  /// 2016). Its expectation lies between the lower bound and the true value and increases with S.
  Estimate marginal() const;

 private:
  Estimate estimate(const std::vector<double>& values) const;

  Decoder& decoder_;
  int samples_;
  std::vector<double> words_, expected_, lower_bound_, marginal_;  // per caption
  std::vector<std::size_t> photo_;                                 // photo of each caption
  std::size_t photos_ = 0;
  std::int64_t unknown_ = 0;
  double log_p_unknown_ = 0;
};

}  // namespace saccade::models
