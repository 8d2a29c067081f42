#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "core/metrics/bleu.hpp"
#include "core/metrics/word_use.hpp"

namespace saccade::models {

/// The scores of the captions that the model generates for the dev images of one data set.
struct DevScores {
  std::string set;  ///< the name of the data set
  metrics::BleuScore bleu{};
  double cider_d = 0;
  metrics::WordUse words{};
  double entropy = 0;        ///< mean entropy of the attention weights, in nats
  double divergence = 0;     ///< mean Jensen-Shannon divergence of consecutive maps, in nats
  std::size_t grounded = 0;  ///< number of words with boxes; 0 without boxes
  double correctness = 0;    ///< mean attention inside the boxes (core/metrics/grounding.hpp)
  double pointing = 0;       ///< share of words whose largest weight is in a box
};

/// Scores of the model on the dev images after an epoch: the means over the data sets with dev images, each data set
/// counting the same. `grounded`, `correctness` and `pointing` cover the data sets with boxes; `words.vocabulary` and
/// `words.captions` are sums.
struct Evaluation : DevScores {
  std::string stage;
  int epoch = 0;                      ///< one-based, within the stage
  double loss = 0;                    ///< mean over the epoch, what is minimized
  double cross_entropy = 0;           ///< mean over the epoch, nats per word
  double seconds = 0;                 ///< duration of the epoch with the evaluation
  bool best = false;                  ///< the best score so far by which the model is chosen: this is the model saved
  std::vector<std::string> examples;  ///< captions of the example images (training_data.hpp)
  std::vector<DevScores> sets;        ///< of each data set with dev images

  /// Sets its scores to the means over `sets`.
  void summarize();
};

/// Dev images whose captions are kept after every epoch.
constexpr std::size_t kExamples = 10;

/// The scores as CSV with a header: a row per epoch and data set and, if there are several, one for their mean. Map
/// scores are empty without boxes.
std::string evaluations_csv(const std::vector<Evaluation>& evaluations);

/// Whether a file starts with such a header.
bool is_evaluation_log(const std::filesystem::path& file);

/// The scores as a JSON object, without the duration, so that identical trainings write identical files.
std::string evaluation_json(const Evaluation& evaluation);

/// Conversion to and from JSON; from_json throws exceptions of nlohmann::json.
void to_json(nlohmann::json& object, const Evaluation& evaluation);
void from_json(const nlohmann::json& object, Evaluation& evaluation);

}  // namespace saccade::models
