#include "models/training/evaluation_log.hpp"

#include <fstream>
#include <string_view>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace saccade::models {
namespace {

using nlohmann::json;

json scores_json(const DevScores& s) {
  return {{"set", s.set},
          {"bleu", s.bleu},
          {"cider_d", s.cider_d},
          {"captions", s.words.captions},
          {"vocabulary", s.words.vocabulary},
          {"distinct", s.words.distinct},
          {"length", s.words.length},
          {"right", s.words.right},
          {"named", s.words.named},
          {"entropy", s.entropy},
          {"divergence", s.divergence},
          {"grounded", s.grounded},
          {"correctness", s.correctness},
          {"pointing", s.pointing}};
}

void read_scores(const json& object, DevScores& s) {
  object.at("set").get_to(s.set);
  object.at("bleu").get_to(s.bleu);
  object.at("cider_d").get_to(s.cider_d);
  object.at("captions").get_to(s.words.captions);
  object.at("vocabulary").get_to(s.words.vocabulary);
  object.at("distinct").get_to(s.words.distinct);
  object.at("length").get_to(s.words.length);
  object.at("right").get_to(s.words.right);
  object.at("named").get_to(s.words.named);
  object.at("entropy").get_to(s.entropy);
  object.at("divergence").get_to(s.divergence);
  object.at("grounded").get_to(s.grounded);
  object.at("correctness").get_to(s.correctness);
  object.at("pointing").get_to(s.pointing);
}

std::string row(const Evaluation& e, const DevScores& s) {
  const std::string maps = s.grounded == 0 ? "," : fmt::format("{:.5f},{:.5f}", s.correctness, s.pointing);
  return fmt::format(
      "{},{},{},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{:.5f},{},{:.5f},{:.3f},{:.5f},{:.5f},{:.5f},{:.5f},{},"
      "{:.1f},{}\n",
      e.stage, e.epoch, s.set, e.loss, e.cross_entropy, s.bleu[0], s.bleu[1], s.bleu[2], s.bleu[3], s.cider_d,
      s.words.vocabulary, s.words.distinct, s.words.length, s.words.right, s.words.named, s.entropy, s.divergence, maps,
      e.seconds, e.best ? 1 : 0);
}

constexpr std::string_view kFirstColumns = "stage,epoch,";

}  // namespace

void Evaluation::summarize() {
  static_cast<DevScores&>(*this) = DevScores();
  set = sets.size() == 1 ? sets.front().set : "mean";
  const double share = 1 / static_cast<double>(sets.size());
  double grounded_sets = 0;
  for (const DevScores& s : sets) {
    for (std::size_t n = 0; n < bleu.size(); ++n) bleu[n] += share * s.bleu[n];
    cider_d += share * s.cider_d;
    words.captions += s.words.captions;
    words.vocabulary += s.words.vocabulary;
    words.distinct += share * s.words.distinct;
    words.length += share * s.words.length;
    words.right += share * s.words.right;
    words.named += share * s.words.named;
    entropy += share * s.entropy;
    divergence += share * s.divergence;
    if (s.grounded == 0) continue;
    ++grounded_sets;
    grounded += s.grounded;
    correctness += s.correctness;
    pointing += s.pointing;
  }
  if (grounded_sets == 0) return;
  correctness /= grounded_sets;
  pointing /= grounded_sets;
}

void to_json(json& object, const Evaluation& e) {
  object = scores_json(e);
  object["stage"] = e.stage;
  object["epoch"] = e.epoch;
  object["loss"] = e.loss;
  object["cross_entropy"] = e.cross_entropy;
  object["seconds"] = e.seconds;
  object["best"] = e.best;
  object["examples"] = e.examples;
  object["sets"] = json::array();
  for (const DevScores& s : e.sets) object["sets"].push_back(scores_json(s));
}

void from_json(const json& object, Evaluation& e) {
  read_scores(object, e);
  object.at("stage").get_to(e.stage);
  object.at("epoch").get_to(e.epoch);
  object.at("loss").get_to(e.loss);
  object.at("cross_entropy").get_to(e.cross_entropy);
  object.at("seconds").get_to(e.seconds);
  object.at("best").get_to(e.best);
  object.at("examples").get_to(e.examples);
  for (const json& scores : object.at("sets")) read_scores(scores, e.sets.emplace_back());
}

bool is_evaluation_log(const std::filesystem::path& file) {
  std::string beginning(kFirstColumns.size(), '\0');
  std::ifstream stream(file, std::ios::binary);
  return stream.read(beginning.data(), static_cast<std::streamsize>(beginning.size())) && beginning == kFirstColumns;
}

std::string evaluations_csv(const std::vector<Evaluation>& evaluations) {
  std::string text = std::string(kFirstColumns) +
                     "set,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,vocabulary,distinct,length,right,"
                     "named,entropy,divergence,correctness,pointing,seconds,best\n";
  for (const auto& e : evaluations) {
    for (const DevScores& scores : e.sets) text += row(e, scores);
    if (e.sets.size() != 1) text += row(e, e);
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
