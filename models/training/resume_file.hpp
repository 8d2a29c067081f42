#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/training/evaluation_log.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// The state of a training except tensors.
struct TrainingPosition {
  std::size_t stage = 0;
  int epoch = 0;             ///< finished epochs of the stage
  std::int64_t step = 0;     ///< finished steps of the epoch
  double loss = 0;           ///< sum over the epoch
  double cross_entropy = 0;  ///< sum over the epoch
  double best = -1;          ///< dev CIDEr-D
  double best_bleu_4 = -1;   ///< dev BLEU-4 of the same model, for ties
  int since_best = 0;        ///< epochs since then
};

/// The state from which a training resumes: a safetensors file in float32.
struct ResumeState {
  std::string signature;  ///< see signature.hpp; must match to resume
  TrainingPosition position;
  std::vector<Evaluation> history;
  StateDict tensors;
};

/// Writes atomically. Throws Error if the file cannot be written.
void write_resume_file(const std::filesystem::path& path, const ResumeState& state);

/// Throws Error with the file name if it is damaged or has another format.
ResumeState read_resume_file(const std::filesystem::path& path);

}  // namespace saccade::models
