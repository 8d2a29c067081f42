#include "models/training/evaluation_log.hpp"

#include <fstream>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace saccade::models {

using nlohmann::json;

void to_json(json& object, const Evaluation& e) {
  object = {{"stage", e.stage},       {"epoch", e.epoch},
            {"loss", e.loss},         {"cross_entropy", e.cross_entropy},
            {"bleu", e.bleu},         {"cider_d", e.cider_d},
            {"entropy", e.entropy},   {"divergence", e.divergence},
            {"grounded", e.grounded}, {"correctness", e.correctness},
            {"pointing", e.pointing}, {"seconds", e.seconds},
            {"best", e.best},         {"examples", e.examples}};
}

void from_json(const json& object, Evaluation& e) {
  object.at("stage").get_to(e.stage);
  object.at("epoch").get_to(e.epoch);
  object.at("loss").get_to(e.loss);
  object.at("cross_entropy").get_to(e.cross_entropy);
  object.at("bleu").get_to(e.bleu);
  object.at("cider_d").get_to(e.cider_d);
  object.at("entropy").get_to(e.entropy);
  object.at("divergence").get_to(e.divergence);
  object.at("grounded").get_to(e.grounded);
  object.at("correctness").get_to(e.correctness);
  object.at("pointing").get_to(e.pointing);
  object.at("seconds").get_to(e.seconds);
  object.at("best").get_to(e.best);
  object.at("examples").get_to(e.examples);
}

bool is_evaluation_log(const std::filesystem::path& file) {
  constexpr std::string_view kBeginning = "stage,epoch,loss,";
  std::string beginning(kBeginning.size(), '\0');
  std::ifstream stream(file, std::ios::binary);
  return stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size())) && beginning == kBeginning;
}

std::string evaluations_csv(const std::vector<Evaluation>& evaluations) {
  std::string text =
      "stage,epoch,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,entropy,divergence,correctness,pointing,"
      "seconds,best\n";
  for (const auto& e : evaluations) {
    const std::string maps = e.grounded == 0 ? "," : fmt::format("{:.5f},{:.5f}", e.correctness, e.pointing);
    text += fmt::format("{},{},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{},{:.1f},{}\n", e.stage,
                        e.epoch, e.loss, e.cross_entropy, e.bleu[0], e.bleu[1], e.bleu[2], e.bleu[3], e.cider_d,
                        e.entropy, e.divergence, maps, e.seconds, e.best ? 1 : 0);
  }
  return text;
}

std::string evaluation_json(const Evaluation& evaluation) {
  json object = evaluation;
  object.erase("seconds");
  object.erase("examples");
  return object.dump();
}

}  // namespace saccade::models
