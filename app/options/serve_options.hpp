#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/options/command_line.hpp"
#include "app/options/compute_options.hpp"
#include "models/captioner.hpp"

namespace saccade::app {

/// Options of `saccade serve`.
struct ServeOptions {
  std::vector<std::string> models;  ///< the first is the default
  models::LoadOptions load;
  std::string host = "127.0.0.1";
  int port = 8000;                         ///< 0: any free port
  std::vector<std::string> allowed_hosts;  ///< accepted Host headers besides the server's own addresses
  std::vector<std::string> allowed_origins;
  std::string token;
  std::filesystem::path token_file;
  int timeout = 30;
  int largest_body = 32;
  int largest_search = 5000;
  int queue = 256;
  int connections = 12000;
  ComputeOptions compute{"float32"};  ///< the default of `caption`

  void fields(Fields& f);

  /// Throws UsageError if options conflict. Sets the default models and reads the token file.
  void check();
};

}  // namespace saccade::app
