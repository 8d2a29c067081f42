#include "models/training/resume_file.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TrainingPosition, stage, epoch, step, loss, cross_entropy, best, best_bleu_4,
                                   since_best)
namespace {

constexpr const char* kFormat = "saccade resume 1";

}  // namespace

void write_resume_file(const std::filesystem::path& path, const ResumeState& state) {
  write_safetensors(path, state.tensors,
                    {{"format", kFormat},
                     {"signature", state.signature},
                     {"position", json(state.position).dump()},
                     {"history", json(state.history).dump()}});
}

ResumeState read_resume_file(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  ResumeState state;
  try {
    if (file.metadata().at("format") != kFormat) throw Error("its format is another");
    state.signature = file.metadata().at("signature");
    state.position = json::parse(file.metadata().at("position")).get<TrainingPosition>();
    state.history = json::parse(file.metadata().at("history")).get<std::vector<Evaluation>>();
  } catch (const std::exception& error) {
    throw Error("{}: is not a training to resume ({}); delete it to begin anew", path.string(), error.what());
  }
  state.tensors = file.all();
  return state;
}

}  // namespace saccade::models
