#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/training/evaluation_log.hpp"
#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// Everything about a training that changes from step to step and is not a tensor.
struct TrainingPosition {
  std::size_t stage = 0;
  int epoch = 0;             ///< finished ones of the stage
  std::int64_t step = 0;     ///< finished ones of the epoch
  double loss = 0;           ///< sum over the epoch
  double cross_entropy = 0;  ///< sum over the epoch
  double best = -1;          ///< dev CIDEr-D
  double best_bleu_4 = -1;   ///< dev BLEU-4 of the same, which decides between equals
  int since_best = 0;        ///< epochs
};

/// What a killed training goes on from; a safetensors file, in float32.
struct ResumeState {
  std::string signature;  ///< as in signature.hpp: a training of another signature cannot go on from here
  TrainingPosition position;
  std::vector<Evaluation> history;
  StateDict tensors;
};

/// Written atomically. Throws Error when the file cannot be written.
void write_resume_file(const std::filesystem::path& path, const ResumeState& state);

/// Throws Error, naming the file, when it is damaged or of another kind.
ResumeState read_resume_file(const std::filesystem::path& path);

}  // namespace saccade::models
