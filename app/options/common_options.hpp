#pragma once

#include <filesystem>
#include <functional>

#include "app/command.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// The options that all commands share.
struct CommonOptions {
  std::filesystem::path config;  ///< configuration file, or empty
  bool dump_config = false;

  void fields(Fields& f);
};

/// Passes the options of a command and the common ones, with their defaults.
void declare_all(const Command& command, const std::function<void(const Fields&)>& look);

}  // namespace saccade::app
