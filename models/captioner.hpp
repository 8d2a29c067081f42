#pragma once

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

/// A whole model: what a checkpoint holds and all that captioning takes.
struct Captioner {
  std::shared_ptr<Encoder> encoder;
  std::shared_ptr<Decoder> decoder;
  Vocabulary vocabulary;
  vision::Preprocessing preprocessing;
  /// The model file, beside this model's own, that holds the encoder for both; empty: this model's file holds it.
  std::string encoder_file;
  /// Free text by subject for whoever opens the file: provenance, licence, training summary.
  std::map<std::string, std::string> notes;
  /// Of the search by which its dev captions were found, and of every search that is not told another.
  double length_penalty = SearchOptions().length_penalty;

  torch::Device device() const;
  void to(torch::Device device);

  /// From now on it sees pictures of another size, of more cells or fewer: Encoder::resize and resized().
  void resize(int input_size);

  /// pixels [N, S, S, 3] as vision::preprocess makes them -> annotations [N, L, D], without gradients.
  torch::Tensor encode(const torch::Tensor& pixels);

  /// For each image the captions that the search found, the best first.
  std::vector<std::vector<Caption>> caption(const torch::Tensor& annotations, const SearchOptions& options);
};

}  // namespace saccade::models
