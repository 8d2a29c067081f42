// saccade info: describes models.

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/assets.hpp"
#include "app/command.hpp"
#include "app/options/command_line.hpp"
#include "app/options/model_option.hpp"
#include "app/output/model_report.hpp"
#include "core/base/error.hpp"
#include "core/text/printable.hpp"
#include "models/checkpoint.hpp"

namespace saccade::app {
namespace {

struct InfoOptions {
  std::vector<std::string> models;
  models::LoadOptions load;
  bool json = false;

  void fields(Fields& f) {
    declare(f, load);
    f(json, "json", "Print one JSON object per model and line, with all notes.", Affects::kNothing);
  }
};

int run(const std::vector<std::string>& arguments) {
  InfoOptions options;
  if (!parse(info_command(), arguments, fields_of(options), {"model", &options.models})) return kSuccess;
  if (options.models.empty()) throw UsageError("no model given; use soft, hard or a file (see saccade info --help)");
  int status = kSuccess;
  for (const auto& name : options.models) {
    try {
      const std::filesystem::path file = model_file(name);
      const models::Captioner model = models::load_checkpoint(file, options.load);
      fmt::print("{}\n", options.json ? model_json(file, model) : model_text(file, model));
    } catch (const Error& error) {  // continue with the others
      std::fflush(stdout);
      std::fputs(fmt::format("saccade: error: {}\n", printable(error.what())).c_str(), stderr);
      status = kFailure;
    }
  }
  return status;
}

}  // namespace

const Command& info_command() {
  static const Command command{
      "info",
      "describe a model: architecture, license and scores",
      "MODEL... [OPTION...]",
      "Prints the architecture of a model and the notes in its file: license, data, training commands and\n"
      "scores. MODEL is soft, hard or a file.\n",
      "",
      declare_options<InfoOptions>,
      run};
  return command;
}

}  // namespace saccade::app
