#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "core/dataset.hpp"
#include "core/metrics/cider.hpp"

namespace saccade::models {

/// What self-critical training rewards: how much a drawn caption adds to the scores of the corpus.
///
/// BLEU-4 is a score of a corpus, not of a sentence: sentence BLEU with smoothing pays for short captions. So a caption
/// is paid the first-order change that it makes to log BLEU-4,
///
///     1/4 sum_n (m_n / M_n - g_n / G_n)  +  k (c - r) / C
///
/// with its matched n-grams m, n-grams g, length c and closest reference length r, and in capitals the moving averages
/// of them over all captions drawn. k falls smoothly from 1, where the draws are shorter than the references, to 0. To
/// this `cider_weight` times CIDEr-D is added, of the caption with its end as a word, so that a sentence that breaks
/// off is worth less than one that ends.
class SequenceReward {
 public:
  SequenceReward(const CaptionDataset& training, double cider_weight);

  /// The reward of `caption`, which says image `image` of the dataset and came to its end or did not. Moves the
  /// averages.
  double operator()(std::size_t image, const metrics::Tokens& caption, bool ended);

  /// The moving averages: a training that goes on needs them.
  struct Averages {
    std::array<double, 4> matched{7, 3.5, 1.5, 0.6};  // about those of a model after cross-entropy
    std::array<double, 4> ngrams{11, 10, 9, 8};
    double length = 11;
    double reference_length = 11;
  };
  Averages averages;

 private:
  const CaptionDataset& training_;
  metrics::CiderScorer cider_;
  double cider_weight_;
};

/// Rewards less what the other draws of the same image got on average: the leave-one-out baseline, which leaves the
/// expected gradient alone and takes most of its variance away (Kool et al. 2019). `samples` neighbours share an image.
std::vector<double> leave_one_out_advantage(const std::vector<double>& rewards, std::size_t samples);

}  // namespace saccade::models
