#include "models/training/evaluation_log.hpp"

#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace saccade;
using models::Evaluation;

namespace {

Evaluation evaluation() {
  Evaluation result;
  result.stage = "frozen";
  result.epoch = 4;
  result.loss = 2.0 / 3;
  result.cross_entropy = 0.5;
  result.bleu = {0.6, 0.4, 0.3, 0.1};
  result.cider_d = 0.25;
  result.entropy = 1.5;
  result.divergence = 0.125;
  result.seconds = 12.5;
  result.best = true;
  return result;
}

}  // namespace

TEST_CASE("evaluations are written as comma-separated values with a heading") {
  Evaluation pointing = evaluation();
  pointing.grounded = 8;
  pointing.correctness = 0.75;
  pointing.pointing = 0.875;
  const std::string csv = models::evaluations_csv({evaluation(), pointing});
  CHECK(csv ==
        "stage,epoch,loss,cross_entropy,bleu_1,bleu_2,bleu_3,bleu_4,cider_d,entropy,divergence,correctness,pointing,"
        "seconds,best\n"
        "frozen,4,0.66667,0.50000,0.60000,0.40000,0.30000,0.10000,0.25000,1.50000,0.12500,,,12.5,1\n"
        "frozen,4,0.66667,0.50000,0.60000,0.40000,0.30000,0.10000,0.25000,1.50000,0.12500,0.75000,0.87500,12.5,1\n");
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

TEST_CASE("the notes of a model do not depend on the time") {
  Evaluation slower = evaluation();
  slower.seconds *= 2;
  CHECK(models::evaluation_json(slower) == models::evaluation_json(evaluation()));
}
