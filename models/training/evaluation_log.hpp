#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/metrics/bleu.hpp"

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
  bool best = false;      ///< the best dev CIDEr-D so far: this is the model saved
};

/// The evaluations as comma-separated values with a heading.
std::string evaluations_csv(const std::vector<Evaluation>& evaluations);

/// One evaluation as a JSON object, but for how long it took: the same training makes the same model file.
std::string evaluation_json(const Evaluation& evaluation);

/// The whole as JSON, and back; from_json throws nlohmann's exceptions.
void to_json(nlohmann::json& object, const Evaluation& evaluation);
void from_json(const nlohmann::json& object, Evaluation& evaluation);

}  // namespace saccade::models
