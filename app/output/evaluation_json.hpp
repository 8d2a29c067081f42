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

/// What came of one way to caption.
struct TrialRecord {
  std::string name;  ///< "beam 5"
  metrics::Scores scores;
  metrics::WordUse words;
  std::optional<metrics::AttentionScores> attention;  ///< these four by the maps that it looked at: its own,
  std::optional<GroundingFindings> grounding;
  std::optional<GroundingFindings> cells;  ///< grounding of the cells that were seen, where attention is hard
  std::optional<Dependence> loss;          ///< or forced ones
};

/// The results of one data set.
struct EvaluationRecord {
  std::string name;  ///< of the data set
  std::size_t images = 0;
  std::vector<TrialRecord> trials;
  metrics::WordUse people;                   ///< one reference of each image against the others
  double confidence = 0;                     ///< of the intervals
  std::vector<metrics::Interval> intervals;  ///< of the last trial's scores; none unless they were asked for
  std::vector<std::pair<std::string, models::Estimate>> likelihoods;
  std::optional<GroundingFindings> references;  ///< grounding of people's captions
  std::optional<WordFindings> faithfulness;
};

/// Writes the results of a model file as one JSON document (docs/reference/file-formats.md): those of a single data set
/// at the top level, those of several as the array "sets". Throws Error as write_file does.
void write_evaluation(const std::filesystem::path& path, const std::string& model,
                      const std::vector<EvaluationRecord>& records);

}  // namespace saccade::app
