#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/output/dependence_report.hpp"
#include "app/output/faithfulness_report.hpp"
#include "app/output/grounding_report.hpp"
#include "core/metrics/attention.hpp"
#include "core/metrics/bootstrap.hpp"
#include "core/metrics/evaluation.hpp"
#include "core/metrics/word_use.hpp"
#include "models/decoder/likelihood.hpp"

namespace saccade::app {

/// Results of one setting of the search.
struct TrialRecord {
  std::string name;  ///< "beam 5"
  metrics::Scores scores;
  metrics::WordUse words;
  std::optional<metrics::AttentionScores> attention;  ///< of the maps that were used
  std::optional<GroundingFindings> grounding;
  std::optional<GroundingFindings> cells;  ///< grounding of the selected cells, for hard attention
  std::optional<Dependence> loss;          ///< loss of the score by a forced map
};

/// The results of one data set.
struct EvaluationRecord {
  std::string name;  ///< name of the data set
  std::size_t images = 0;
  std::vector<TrialRecord> trials;
  metrics::WordUse people;                   ///< one reference of each image against the others
  double confidence = 0;                     ///< of the intervals
  std::vector<metrics::Interval> intervals;  ///< intervals of the scores of the last trial, if requested
  std::vector<std::pair<std::string, models::Estimate>> likelihoods;
  std::optional<GroundingFindings> references;  ///< grounding in the reference captions
  std::optional<WordFindings> faithfulness;
};

/// Writes the results of a model file as one JSON document (docs/reference/file-formats.md): those of a single data set
/// at the top level, those of several as the array "sets". Throws Error as write_file does.
void write_evaluation(const std::filesystem::path& path, const std::string& model,
                      const std::vector<EvaluationRecord>& records);

}  // namespace saccade::app
