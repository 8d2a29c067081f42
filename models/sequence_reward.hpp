#pragma once

#include <cstddef>
#include <vector>

#include "core/dataset.hpp"
#include "core/metrics/cider.hpp"

namespace saccade::models {

/// What self-critical training rewards (Rennie et al., CVPR 2017): CIDEr-D against the training captions of the image,
/// from 0 to 10. The end of a caption counts as a word, so that a sentence that breaks off is worth less than one that
/// ends. (BLEU is no good here: it is a score of a corpus, and paid out by sentence it pays for short ones.)
class SequenceReward {
 public:
  explicit SequenceReward(const CaptionDataset& training);

  /// The reward of `caption`, which says image `image` of the dataset and came to its end or did not.
  double operator()(std::size_t image, metrics::Tokens caption, bool ended) const;

 private:
  metrics::CiderScorer cider_;
};

/// Rewards less what the other draws of the same image got on average: the leave-one-out baseline, which leaves the
/// expected gradient alone and takes most of its variance away (Kool et al. 2019). `samples` neighbours share an image.
std::vector<double> leave_one_out_advantage(const std::vector<double>& rewards, std::size_t samples);

}  // namespace saccade::models
