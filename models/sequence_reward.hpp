#pragma once

#include <cstddef>
#include <vector>

#include "core/dataset.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/cider.hpp"

namespace saccade::models {

/// What self-critical training rewards: how much each drawn caption adds to the corpus scores.
///
/// BLEU-4 is a score of a corpus, not of a sentence: sentence BLEU with smoothing pays for short captions. So each
/// caption is paid the first-order change that it makes to log BLEU-4 of all captions drawn together,
///
///     1/4 sum_n (m_n / M_n - g_n / G_n)  +  (where the draw is too short)  c / C * R / C  -  r / C
///
/// with matched n-grams m, n-grams g, length c and reference length r of the caption, and capitals for the means of
/// them over the draw. `cider_weight` times CIDEr-D is added.
class SequenceReward {
 public:
  SequenceReward(const CaptionDataset& training, double cider_weight);

  /// One reward a caption: `captions[i]` says `images[i]`, a place in the dataset.
  std::vector<double> operator()(const std::vector<std::size_t>& images,
                                 const std::vector<metrics::Tokens>& captions) const;

 private:
  const CaptionDataset& training_;
  metrics::CiderScorer cider_;
  double cider_weight_;
};

/// Rewards less what the other draws of the same image got on average: the leave-one-out baseline, which leaves the
/// expected gradient alone and takes most of its variance away (Kool et al. 2019). `samples` neighbours share an image.
std::vector<double> leave_one_out_advantage(const std::vector<double>& rewards, std::size_t samples);

}  // namespace saccade::models
