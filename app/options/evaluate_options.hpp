#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "app/options/compute_options.hpp"
#include "app/options/data_options.hpp"
#include "app/options/model_option.hpp"
#include "core/metrics/bootstrap.hpp"
#include "models/attention/forced_map.hpp"
#include "models/decoder/search_options.hpp"

namespace saccade::app {

/// What `saccade evaluate` may be told.
struct EvaluateOptions {
  ModelOption model;
  DataOptions data;
  std::filesystem::path list, boxes;
  std::string split = "dev";                                      ///< the images, where there is no list
  std::filesystem::path results, references, table, sheet, json;  ///< files to write; none where empty
  int best = 0;                                                   ///< captions on the sheet
  int worst = 0;
  metrics::BootstrapOptions bootstrap{0};  ///< of the intervals; no confidence: none are asked for
  std::vector<int> beams{5};
  std::vector<models::CellChoice> cells{models::CellChoice::kMedoid};
  std::vector<models::ForcedMap> maps;  ///< to be put in the place of the model's own
  int faithfulness = 0;                 ///< photos to be greyed cell by cell; 0: it is not asked for
  models::SearchOptions search;         ///< but for the beam and the cells
  int likelihood = 0;                   ///< samples; 0: it is not asked for
  std::string compare;                  ///< a second model for the likelihood
  ComputeOptions compute{"float32"};

  void fields(Fields& f);

  /// Throws UsageError when options do not go together; sets what follows from others.
  void check();
};

}  // namespace saccade::app
