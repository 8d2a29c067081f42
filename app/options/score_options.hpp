#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "core/metrics/bootstrap.hpp"

namespace saccade::app {

/// What `saccade score` may be told.
struct ScoreOptions {
  std::filesystem::path hypotheses, against, table;
  std::vector<std::string> references;
  std::string tokenizer = "ptb";
  bool allow_missing = false;
  metrics::BootstrapOptions bootstrap;
  double confidence = 0;  ///< of the intervals to print; 0: none are asked for

  void fields(Fields& f);
};

}  // namespace saccade::app
