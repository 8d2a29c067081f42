#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "core/base/fields.hpp"
#include "core/data/dataset.hpp"
#include "core/text/vocabulary.hpp"

namespace saccade::models {

struct NounHeadOptions {
  double weight = 0;  ///< of its loss beside the decoder's; 0: there is no head
  int words = 1000;   ///< commonest content words that it learns

  void fields(Fields& f);
};

/// A multi-label classifier over the cells of the encoder: which content words people use for a photo. It is trained
/// beside the decoder, so that fine-tuning teaches the encoder what people name, and is dropped afterwards.
///
/// Noisy-OR multiple-instance learning (Fang et al., CVPR 2015, "From Captions to Visual Concepts and Back", eq. 1):
/// p(w | image) = 1 - prod_i (1 - sigmoid(u_w . a_i + b_w)) over the L cells i.
class NounHead : public torch::nn::Module {
 public:
  /// The words are those of `training` that most images have in a caption, function words left out, and only words of
  /// `vocabulary`. `annotation_width`: D. Throws Error when no caption has a content word.
  NounHead(const CaptionDataset& training, const Vocabulary& vocabulary, const NounHeadOptions& options,
           std::int64_t annotation_width);

  /// Mean over the images of the binary cross-entropy of all words, divided by the mean number of words an image has:
  /// scalar. annotations [N, L, D]. An image with fewer than five captions counts its absent words in proportion: what
  /// one person leaves out may well be there.
  torch::Tensor loss(const torch::Tensor& annotations, const std::vector<std::size_t>& images) const;

  /// log p(w | image) of all words: annotations [N, L, D] -> [N, W].
  torch::Tensor log_probabilities(const torch::Tensor& annotations) const;

  /// The W words, the commonest first.
  const std::vector<std::string>& words() const { return words_; }

  torch::Tensor weight;  ///< [W, D]
  torch::Tensor bias;    ///< [W]

 private:
  /// -log(1 - p(w | image)): [N, W].
  torch::Tensor evidence(const torch::Tensor& annotations) const;

  std::vector<std::string> words_;
  std::vector<std::vector<std::int64_t>> present_;  // of each training image, the numbers of its words here
  std::vector<float> completeness_;                 // of each training image, what an absent word counts
};

}  // namespace saccade::models
