#include "app/options/common_options.hpp"

namespace saccade::app {

void CommonOptions::fields(Fields& f) {
  f.section("Configuration");
  f(config, "config", "FILE",
    "Read options from FILE, one `name = value` per line. Options on the command line take precedence.",
    Affects::kNothing);
  f(dump_config, "dump-config", "Print the options as a configuration file and exit.", Affects::kNothing);
}

void declare_all(const Command& command, const std::function<void(const Fields&)>& look) {
  command.declare([&look](Fields fields) {
    CommonOptions common;
    common.fields(fields);
    look(fields);
  });
}

}  // namespace saccade::app
