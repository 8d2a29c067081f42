#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "core/metrics/bootstrap.hpp"

namespace saccade::app {

/// Options of `saccade score`.
struct ScoreOptions {
  std::filesystem::path hypotheses, against, table;
  std::vector<std::string> references;
  std::string tokenizer = "ptb";
  bool allow_missing = false;
  metrics::BootstrapOptions bootstrap;
  double confidence = 0;  ///< confidence of the intervals; 0: none

  void fields(Fields& f);
};

}  // namespace saccade::app
