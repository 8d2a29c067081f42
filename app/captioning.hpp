#pragma once

#include <vector>

#include "models/captioner.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::app {

/// The captions and maps that a user asks for.
struct CaptionChoice {
  models::SearchOptions search;
  int top = 1;      ///< number of best captions
  int samples = 1;  ///< number of captions with sampled cells; their seeds are consecutive
  int head = 0;     ///< head whose map is shown, from 1; 0: the mean over the heads
  int layer = 0;    ///< layer whose map is shown, from 1; 0: the last
};

/// The captions of several photos, in order. Photos that are computed together may change the last digits of each
/// other's weights, because float sums depend on how matrix products are split into blocks.
std::vector<std::vector<Caption>> caption_photos(models::Captioner& model,
                                                 const std::vector<const vision::Preprocessed*>& photos,
                                                 const CaptionChoice& choice);

}  // namespace saccade::app
