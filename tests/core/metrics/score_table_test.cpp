#include "core/metrics/score_table.hpp"

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;

namespace {

metrics::Scores two_images() {
  metrics::Scores scores;
  scores.names = {"bleu_1", "rouge_l"};
  scores.corpus = {0.5, 0.25};
  scores.ids = {"a.jpg", "b,\"c\""};
  scores.images = {0.1, 1, 1e-16, 0.30000000000000004};
  return scores;
}

}  // namespace

TEST_CASE("a score table has one line per image with exact numbers") {
  CHECK(metrics::score_table(two_images()) ==
        "id,bleu_1,rouge_l\n"
        "a.jpg,0.1,1\n"
        "\"b,\"\"c\"\"\",1e-16,0.30000000000000004\n");
}

TEST_CASE("a score table with captions is written to a file") {
  const test::TemporaryFolder folder;
  metrics::write_score_table(folder / "scores.csv", two_images(), {"a dog", "one, two\nthree"});
  CHECK(read_file(folder / "scores.csv") ==
        "id,bleu_1,rouge_l,caption\n"
        "a.jpg,0.1,1,a dog\n"
        "\"b,\"\"c\"\"\",1e-16,0.30000000000000004,\"one, two\nthree\"\n");
  CHECK_THROWS_WITH_AS(metrics::score_table(two_images(), {"one"}), "1 captions for the scores of 2 images", Error);
}
