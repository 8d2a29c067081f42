#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "app/options/compute_options.hpp"
#include "app/options/data_sets.hpp"
#include "app/options/model_option.hpp"
#include "core/metrics/bootstrap.hpp"
#include "models/attention/forced_map.hpp"
#include "models/decoder/search_options.hpp"

namespace saccade::app {

/// Options of `saccade evaluate`.
struct EvaluateOptions {
  ModelOption model;
  DataSetOptions data;
  std::filesystem::path list, boxes;                              ///< of a single data set
  std::vector<DataSet> sets;                                      ///< set by check()
  std::string split = "dev";                                      ///< part of the split, without a list
  std::filesystem::path results, references, table, sheet, json;  ///< output files, or empty
  int best = 0;                                                   ///< number of captions on the sheet
  int worst = 0;
  metrics::BootstrapOptions bootstrap{0};  ///< for the intervals; confidence 0: none
  std::vector<int> beams{5};
  std::vector<models::CellChoice> cells{models::CellChoice::kMedoid};
  std::vector<models::ForcedMap> maps;  ///< forced maps
  int faithfulness = 0;                 ///< number of photos; 0: off
  models::SearchOptions search;         ///< except beam width and cell selection
  int likelihood = 0;                   ///< samples; 0: off
  std::string compare;                  ///< a second model for the likelihood
  ComputeOptions compute{"float32"};

  void fields(Fields& f);

  /// Throws UsageError if options are incompatible; completes dependent options.
  void check();
};

}  // namespace saccade::app
