#include "app/options/common_options.hpp"

namespace saccade::app {

void CommonOptions::fields(Fields& f) {
  f.section("Configuration");
  f(config, "config", "FILE",
    "Take options from this file too, lines of `name = value`; those on the command line win.", Affects::kNothing);
  f(dump_config, "dump-config", "Print the options as such a file, and do nothing else.", Affects::kNothing);
}

void declare_all(const Command& command, const std::function<void(const Fields&)>& look) {
  command.declare([&look](Fields fields) {
    CommonOptions common;
    common.fields(fields);
    look(fields);
  });
}

}  // namespace saccade::app
