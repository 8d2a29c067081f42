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
  double entropy = 0;        ///< of the attention weights, mean over the words, in nats
  double divergence = 0;     ///< Jensen-Shannon, between successive words' maps, mean, in nats
  std::size_t grounded = 0;  ///< words of the captions that the boxes of the dev images name; 0 without boxes
  double correctness = 0;    ///< mean over these words of the attention in their boxes (core/metrics/grounding.hpp)
  double pointing = 0;       ///< share of them whose heaviest cell is in a box
};

/// The state of the model after an epoch. Its scores are means over the data sets that have dev images, each set
/// counting the same; `grounded` and the two figures behind it are over the sets with boxes, and `words.vocabulary` and
/// `words.captions` are the sets' sums.
struct Evaluation : DevScores {
  std::string stage;
  int epoch = 0;                      ///< from 1, within the stage
  double loss = 0;                    ///< mean over the epoch, what is minimised
  double cross_entropy = 0;           ///< mean over the epoch, nats a word
  double seconds = 0;                 ///< that the epoch took, the evaluation included
  bool best = false;                  ///< the best score so far by which the model is chosen: this is the model saved
  std::vector<std::string> examples;  ///< captions of the example images (training_data.hpp)
  std::vector<DevScores> sets;        ///< of each data set with dev images

  /// Sets its scores to the means over `sets`.
  void summarize();
};

/// Dev images whose captions are kept after every epoch.
constexpr std::size_t kExamples = 10;

/// The scores as comma-separated values with a heading: a row for each epoch and data set and, where there are several
/// sets, one for their mean. Without boxes the columns of the maps are empty.
std::string evaluations_csv(const std::vector<Evaluation>& evaluations);

/// Whether a file begins as such values do.
bool is_evaluation_log(const std::filesystem::path& file);

/// The scores of one evaluation as a JSON object, but for how long it took: the same training makes the same model
/// file.
std::string evaluation_json(const Evaluation& evaluation);

/// The whole as JSON, and back; from_json throws nlohmann's exceptions.
void to_json(nlohmann::json& object, const Evaluation& evaluation);
void from_json(const nlohmann::json& object, Evaluation& evaluation);

}  // namespace saccade::models
