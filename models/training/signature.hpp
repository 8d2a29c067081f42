#pragma once

#include <string>

#include "models/captioner.hpp"
#include "models/training/trainer_options.hpp"
#include "models/training/training_data.hpp"

namespace saccade::models {

/// What must be the same for a resumed training to come to the same result as one that never stopped, a line each:
/// `option=value`, and `what: fingerprint` of the data, of the model that the training begins with, and of the teacher.
/// Then the device and the threads, which change the order of sums and so the last digits: `machine: cpu, 2 threads`.
std::string training_signature(const Captioner& model, const TrainingSets& sets, const TrainerOptions& options);

/// The parts of the signature that are the model's shape.
std::string model_signature(const Captioner& model);

/// The device and the threads of a signature, "cpu, 2 threads"; empty where an earlier version wrote it.
std::string machine_of_signature(const std::string& signature);

/// In what two signatures differ, the machine aside: "it was begun with alignment=dot, not scaled-dot", or "... with
/// other dev images"; empty when they are the same. Where options differ, the weights that follow from them are not
/// told of.
std::string difference_of_signatures(const std::string& begun, const std::string& asked);

}  // namespace saccade::models
