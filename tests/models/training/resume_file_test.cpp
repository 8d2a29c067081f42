#include "models/training/resume_file.hpp"

#include <string>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using models::Evaluation;
using models::read_resume_file;
using models::ResumeState;

namespace {

ResumeState state() {
  ResumeState result;
  result.signature = "seed 1";
  result.position = {1, 2, 3, 0.1, 1.0 / 3, 0.7, 0.4, 1};
  Evaluation evaluation;
  evaluation.stage = "frozen";
  evaluation.epoch = 4;
  evaluation.loss = 2.0 / 3;
  evaluation.cross_entropy = 0.5;
  evaluation.bleu = {0.6, 0.4, 0.3, 0.1};
  evaluation.cider_d = 0.25;
  evaluation.entropy = 1.5;
  evaluation.divergence = 0.125;
  evaluation.seconds = 12.5;
  evaluation.best = true;
  result.history = {evaluation, evaluation};
  result.tensors = {{"adam.steps", at::full({1}, 7, at::kLong)}, {"decoder.v", at::full({2, 3}, 1.0 / 3)}};
  return result;
}

}  // namespace

TEST_CASE("a resume file restores the state exactly") {
  const test::TemporaryFolder folder;
  write_resume_file(folder / "m.resume", state());
  const ResumeState back = read_resume_file(folder / "m.resume");
  const ResumeState expected = state();
  CHECK(back.signature == expected.signature);
  CHECK(back.position.stage == 1);
  CHECK(back.position.epoch == 2);
  CHECK(back.position.step == 3);
  CHECK(back.position.loss == 0.1);
  CHECK(back.position.cross_entropy == 1.0 / 3);
  CHECK(back.position.best == 0.7);
  CHECK(back.position.best_bleu_4 == 0.4);
  CHECK(back.position.since_best == 1);
  REQUIRE(back.history.size() == 2);
  CHECK(back.history[1].stage == "frozen");
  CHECK(back.history[1].epoch == 4);
  CHECK(back.history[1].loss == 2.0 / 3);
  CHECK(back.history[1].bleu == expected.history[1].bleu);
  CHECK(back.history[1].best);
  REQUIRE(back.tensors.size() == 2);
  for (const auto& [name, tensor] : expected.tensors) {
    CHECK((back.tensors.at(name).scalar_type() == tensor.scalar_type()));
    CHECK(back.tensors.at(name).equal(tensor));
  }
}

TEST_CASE("a damaged or unrelated resume file is refused with its path") {
  const test::TemporaryFolder folder;
  const auto path = folder / "m.resume";
  write_resume_file(path, state());
  const std::string bytes = read_file(path);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, bytes.size() / 2, bytes.size() - 1}) {
    write_file(path, bytes.substr(0, size));
    CHECK_THROWS_WITH_AS(read_resume_file(path), doctest::Contains("m.resume"), Error);
  }
  models::write_safetensors(path, {}, {{"format", "saccade 1"}});
  CHECK_THROWS_WITH_AS(read_resume_file(path), doctest::Contains("m.resume: is not a training to resume"), Error);
  models::write_safetensors(path, {}, {});
  CHECK_THROWS_WITH_AS(read_resume_file(path), doctest::Contains("is not a training to resume"), Error);
  models::write_safetensors(path, {},
                            {{"format", "saccade resume 1"}, {"signature", ""}, {"position", "[]"}, {"history", "7"}});
  CHECK_THROWS_WITH_AS(read_resume_file(path), doctest::Contains("is not a training to resume"), Error);
}

TEST_CASE("a resume file with an out-of-memory message in its data is reported as damaged") {
  const test::TemporaryFolder folder;
  const auto path = folder / "m.resume";
  models::write_safetensors(path, state().tensors,
                            {{"format", "saccade resume 1"},
                             {"signature", ""},
                             {"position", "{\"stage\": \"not enough memory"},
                             {"history", "[]"}});
  CHECK_THROWS_WITH_AS(read_resume_file(path), doctest::Contains("m.resume: is not a training to resume"), Error);
}

TEST_CASE("a resume file with a flipped bit is refused") {
  const test::TemporaryFolder folder;
  write_resume_file(folder / "m.resume", state());
  std::string bytes = read_file(folder / "m.resume");
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file(folder / "m.resume", bytes);
  CHECK_THROWS_WITH_AS(read_resume_file(folder / "m.resume"), doctest::Contains("m.resume: the file is damaged"),
                       Error);
}
