#include "models/training/resume_file.hpp"

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "models/weights/safetensors.hpp"

namespace saccade::models {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TrainingPosition, stage, epoch, step, loss, cross_entropy, best, best_cider_d,
                                   since_best)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Evaluation, stage, epoch, loss, cross_entropy, bleu, cider_d, entropy, divergence,
                                   seconds, best)

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

std::string evaluations_csv(const std::vector<Evaluation>& evaluations) {
  std::string text =
      "stage,epoch,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,entropy,divergence,seconds,best\n";
  for (const auto& e : evaluations) {
    text += fmt::format("{},{},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.1f},{}\n", e.stage,
                        e.epoch, e.loss, e.cross_entropy, e.bleu[0], e.bleu[1], e.bleu[2], e.bleu[3], e.cider_d,
                        e.entropy, e.divergence, e.seconds, e.best ? 1 : 0);
  }
  return text;
}

std::string evaluation_json(const Evaluation& evaluation) {
  return json(evaluation).dump();
}

}  // namespace saccade::models
