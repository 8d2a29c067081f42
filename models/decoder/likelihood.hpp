#pragma once

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
/// images, annotations [N, L, D]: [N, T] double, on the CPU. Where attention is hard, the likeliest cell is seen.
torch::Tensor word_log_probabilities(Decoder& decoder, const torch::Tensor& annotations,
                                     const std::vector<std::int64_t>& caption);

/// A mean over words with its standard error (over captions), in nats a word.
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
  Estimate expected() const;   ///< log p(y | a) with the expectation seen
  /// The lower bound L_s = E_s log p(y | s, a) (SAT eq. 10): the mean over the samples.
  Estimate lower_bound() const;
  /// log p(y | a) by importance weights, log 1/S sum_n p(y | s_n, a) with s_n ~ p(s | a) (Burda et al. 2016): in
  /// expectation between the lower bound and the truth, and nearer the truth with each sample.
  Estimate marginal() const;

 private:
  Estimate estimate(const std::vector<double>& of_captions) const;

  Decoder& decoder_;
  int samples_;
  std::vector<double> words_, expected_, lower_bound_, marginal_;  // by caption
};

}  // namespace saccade::models
