#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/metrics/bleu.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// A look at the model on the dev images, made after every epoch from captions that it generates by itself.
struct Evaluation {
  std::string stage;
  int epoch = 0;             ///< from 1, within the stage
  double loss = 0;           ///< mean over the epoch, what is minimised
  double cross_entropy = 0;  ///< mean over the epoch, nats a word
  metrics::BleuScore bleu{};
  double cider_d = 0;
  double entropy = 0;     ///< of the attention weights, mean over the words, in nats
  double divergence = 0;  ///< Jensen-Shannon, between successive words' maps, mean, in nats
  double seconds = 0;     ///< that the epoch took, the evaluation included
  bool best = false;      ///< the best dev BLEU-4 so far: this is the model saved
};

/// Everything about a training that changes from step to step and is not a tensor.
struct TrainingPosition {
  std::size_t stage = 0;
  int epoch = 0;             ///< finished ones of the stage
  std::int64_t step = 0;     ///< finished ones of the epoch
  double loss = 0;           ///< sum over the epoch
  double cross_entropy = 0;  ///< sum over the epoch
  double best = -1;          ///< dev BLEU-4
  double best_cider_d = -1;  ///< dev CIDEr-D of the same, which decides between equals
  int since_best = 0;        ///< epochs
};

/// What a killed training goes on from; a safetensors file, in float32.
struct ResumeState {
  std::string signature;  ///< options and data in short: a training of another signature cannot go on from here
  TrainingPosition position;
  std::vector<Evaluation> history;
  StateDict tensors;
};

/// Written atomically. Throws Error when the file cannot be written.
void write_resume_file(const std::filesystem::path& path, const ResumeState& state);

/// Throws Error, naming the file, when it is damaged or of another kind.
ResumeState read_resume_file(const std::filesystem::path& path);

/// The evaluations as comma-separated values with a heading.
std::string evaluations_csv(const std::vector<Evaluation>& evaluations);

/// One evaluation as a JSON object.
std::string evaluation_json(const Evaluation& evaluation);

}  // namespace saccade::models
