#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <torch/types.h>

#include "models/decoder/caption_batch.hpp"
#include "models/decoder/decoder.hpp"

namespace saccade::models {

/// log p(y | s_n, a) of each caption along S paths drawn from p(s | a): [B, S] double, captions in the batch's order.
/// The decoder must be one of hard attention. Draws from LibTorch's global generator.
torch::Tensor sampled_log_likelihoods(Decoder& decoder, const torch::Tensor& annotations, const CaptionBatch& batch,
                                      int samples);

/// log p(y | a) of each caption when every step sees the expectation: [B] double. Exact where attention is soft.
torch::Tensor expected_log_likelihoods(Decoder& decoder, const torch::Tensor& annotations, const CaptionBatch& batch);

/// log p(y_t | y_<t, a) of every word of one caption (<start> ... <end>, whose <end> is left out) under each of N
/// images, annotations [N, L, D]: [N, T] double, on the CPU. Where attention is hard, the medoid is seen.
torch::Tensor word_log_probabilities(Decoder& decoder, const torch::Tensor& annotations,
                                     const std::vector<std::int64_t>& caption);

/// A mean over words with its standard error, in nats a word. Captions of one photo are alike, so that photos are what
/// is drawn independently.
struct Estimate {
  double mean = 0;
  double error = 0;
};

/// How likely a model holds the captions of a dataset.
class LikelihoodSummary {
 public:
  /// `samples` paths for each caption, where attention is hard.
  LikelihoodSummary(Decoder& decoder, int samples);

  /// Captions (<start> ... <end>) of images with annotations [N, L, D]: captions[i] belongs to images[i].
  void add(const torch::Tensor& annotations, const std::vector<std::vector<std::int64_t>>& captions,
           const std::vector<std::int64_t>& images);

  std::int64_t words() const;  ///< <end> included
  /// Of those the ones that the vocabulary has not, each read as <unk>: they count above, and a small vocabulary makes
  /// them likely.
  std::int64_t unknown_words() const { return unknown_; }
  /// The mean of log p(<unk> | a) over them, with the expectation seen; 0 without any.
  double unknown_log_probability() const;
  Estimate expected() const;  ///< log p(y | a) with the expectation seen
  /// The lower bound L_s = E_s log p(y | s, a) (SAT eq. 10): the mean over the samples.
  Estimate lower_bound() const;
  /// log p(y | a) by importance weights, log 1/S sum_n p(y | s_n, a) with s_n ~ p(s | a) (Burda et al. 2016): in
  /// expectation between the lower bound and the truth, and nearer the truth with each sample.
  Estimate marginal() const;

 private:
  Estimate estimate(const std::vector<double>& values) const;

  Decoder& decoder_;
  int samples_;
  std::vector<double> words_, expected_, lower_bound_, marginal_;  // by caption
  std::vector<std::size_t> photo_;                                 // of each caption
  std::size_t photos_ = 0;
  std::int64_t unknown_ = 0;
  double log_p_unknown_ = 0;
};

}  // namespace saccade::models
