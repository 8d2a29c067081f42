#pragma once

#include <string>

#include "models/captioner.hpp"
#include "models/training/trainer_options.hpp"
#include "models/training/training_data.hpp"

namespace saccade::models {

/// Everything that must match for a resumed training to reach the same result, one per line: `option=value`, and `what:
/// fingerprint` of the data, the start model and the teacher. The last line names the device and the threads, which
/// change the order of sums and so the last digits: `machine: cpu, 2 threads`. It may differ.
std::string training_signature(const Captioner& model, const TrainingSets& sets, const TrainerOptions& options);

/// The part of the signature that describes the model.
std::string model_signature(const Captioner& model);

/// The device and the threads of a signature, "cpu, 2 threads"; empty where an earlier version wrote it.
std::string machine_of_signature(const std::string& signature);

/// Describes the difference of two signatures: "it was begun with alignment=dot, not scaled-dot", or "... with other
/// dev images"; empty if they match. Differences of weights that follow from options are omitted.
std::string difference_of_signatures(const std::string& begun, const std::string& asked);

}  // namespace saccade::models
