#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <torch/types.h>

#include "core/text/caption.hpp"
#include "core/text/vocabulary.hpp"
#include "models/decoder/beam_search.hpp"
#include "models/decoder/decoder.hpp"
#include "models/encoder/encoder.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::models {

/// The note with the token unit of captions. The default is words.
inline constexpr const char* kTokensNote = "tokens";

/// The token unit in the notes of a model or the metadata of its file.
std::string tokens_of(const std::map<std::string, std::string>& notes);

/// A complete captioning model: the contents of a checkpoint.
struct Captioner {
  std::shared_ptr<Encoder> encoder;
  std::shared_ptr<Decoder> decoder;
  Vocabulary vocabulary;
  vision::Preprocessing preprocessing;
  /// Model file in the same folder with the shared encoder. Empty if this file has the encoder.
  std::string encoder_file;
  /// Notes by subject: provenance, license, training summary.
  std::map<std::string, std::string> notes;
  /// Length penalty of the dev captions, the default for beam search.
  double length_penalty = kDefaultLengthPenalty;

  /// Token unit of captions, "words" or "characters", which is stored in the notes.
  std::string tokens() const { return tokens_of(notes); }

  torch::Device device() const;
  void to(torch::Device device);

  /// Default specificity of beam search.
  double specificity = 0;
  /// Annotations of a blank image (the mean color), [1, L, D]; see precompute_blank().
  torch::Tensor blank = {};

  /// Changes the input size and thereby the grid; see Encoder::resize and resized().
  void resize(int input_size);

  /// Encodes the blank image once for all later captions with specificity. Without it, caption() encodes one per call.
  /// Call it again after a change of the encoder.
  void precompute_blank();

  /// Encodes images without gradients. pixels: [N, S, S, 3] from vision::preprocess. Returns annotations [N, L, D].
  torch::Tensor encode(const torch::Tensor& pixels);

  /// Returns the captions of each image, best first. `streams` as in beam_search: random_streams() of the pixels do not
  /// depend on the batch.
  std::vector<std::vector<Caption>> caption(const torch::Tensor& annotations, SearchOptions options,
                                            const std::vector<std::uint64_t>& streams = {});
};

}  // namespace saccade::models
