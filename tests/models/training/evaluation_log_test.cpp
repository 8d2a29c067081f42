#include "models/training/evaluation_log.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace saccade;
using models::Evaluation;

namespace {

models::DevScores scores(const char* set, double cider_d) {
  models::DevScores result;
  result.set = set;
  result.bleu = {0.6, 0.4, 0.3, 0.1};
  result.cider_d = cider_d;
  result.words = {10, 7, 0.5, 9.25, 0.75, 0.25};
  result.entropy = 1.5;
  result.divergence = 0.125;
  return result;
}

Evaluation evaluation(std::vector<models::DevScores> sets = {scores("photos", 0.25)}) {
  Evaluation result;
  result.stage = "frozen";
  result.epoch = 4;
  result.loss = 2.0 / 3;
  result.cross_entropy = 0.5;
  result.seconds = 12.5;
  result.best = true;
  result.sets = std::move(sets);
  result.summarize();
  return result;
}

constexpr const char* kHeading =
    "stage,epoch,set,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,vocabulary,distinct,length,right,named,"
    "entropy,divergence,correctness,pointing,seconds,best\n";

}  // namespace

TEST_CASE("evaluations are written as CSV with a header") {
  models::DevScores pointing = scores("photos", 0.25);
  pointing.grounded = 8;
  pointing.correctness = 0.75;
  pointing.pointing = 0.875;
  const std::string csv = models::evaluations_csv({evaluation(), evaluation({pointing})});
  const std::string row =
      "frozen,4,photos,0.66667,0.50000,0.60000,0.40000,0.30000,0.10000,0.25000,7,0.50000,9.250,0.75000,0.25000,1.50000,"
      "0.12500,";
  CHECK(csv == kHeading + row + ",,12.5,1\n" + row + "0.75000,0.87500,12.5,1\n");
}

TEST_CASE("each data set has its own row, and another row has the mean") {
  models::DevScores boxed = scores("a", 0.2);
  boxed.grounded = 4;
  boxed.pointing = 0.5;
  const Evaluation both = evaluation({boxed, scores("b", 0.4)});
  CHECK(both.cider_d == doctest::Approx(0.3));
  CHECK(both.words.vocabulary == 14);
  CHECK(both.words.named == doctest::Approx(0.25));
  CHECK(both.grounded == 4);
  CHECK(both.pointing == doctest::Approx(0.5));  // only data sets with boxes
  const std::string csv = models::evaluations_csv({both});
  for (const char* row : {"\nfrozen,4,a,", "\nfrozen,4,b,", "\nfrozen,4,mean,"}) {
    CHECK(csv.find(row) != std::string::npos);
  }
}

TEST_CASE("evaluations round-trip through JSON") {
  nlohmann::json object = evaluation();
  const auto back = object.get<Evaluation>();
  CHECK(nlohmann::json(back) == object);
  CHECK(back.loss == 2.0 / 3);
  CHECK(back.seconds == 12.5);
  object.erase("bleu");
  CHECK_THROWS_AS(object.get<Evaluation>(), nlohmann::json::exception);
}

TEST_CASE("a model's notes do not depend on the time") {
  Evaluation slower = evaluation();
  slower.seconds *= 2;
  CHECK(models::evaluation_json(slower) == models::evaluation_json(evaluation()));
}
