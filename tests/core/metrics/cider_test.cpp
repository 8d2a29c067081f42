#include "core/metrics/cider.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/core/metrics/golden.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using saccade::test::make_item;

namespace {

std::vector<std::vector<Tokens>> references_of(const std::vector<ScoredItem>& items) {
  std::vector<std::vector<Tokens>> references;
  for (const ScoredItem& item : items) references.push_back(item.references);
  return references;
}

}  // namespace

TEST_CASE("CIDEr and CIDEr-D match the official scorers for the corpus and each image") {
  for (const std::string& name : test::golden_names()) {
    CAPTURE(name);
    const test::Golden golden = test::load_golden(name);
    const metrics::CiderResult result = metrics::cider(golden.items);
    CHECK(std::abs(result.cider.corpus - golden.corpus.at("cider")) < 1e-12);
    CHECK(std::abs(result.cider_d.corpus - golden.corpus.at("cider_d")) < 1e-12);
    REQUIRE(result.cider.images.size() == golden.items.size());
    for (std::size_t i = 0; i < golden.items.size(); ++i) {
      CAPTURE(golden.items[i].id);
      CHECK(std::abs(result.cider.images[i] - golden.images[i].at("cider")) < 1e-12);
      CHECK(std::abs(result.cider_d.images[i] - golden.images[i].at("cider_d")) < 1e-12);
    }
  }
}

TEST_CASE("one CIDEr scorer can score many sets of hypotheses and single hypotheses") {
  const test::Golden golden = test::load_golden("leave-one-out-200");
  const metrics::CiderScorer scorer(references_of(golden.items));
  std::vector<Tokens> hypotheses;
  for (const ScoredItem& item : golden.items) hypotheses.push_back(item.hypothesis);
  const double first = scorer.score(hypotheses).cider_d.corpus;
  const metrics::CiderScore one = scorer.score(7, {"words", "in", "no", "reference", "dog"});
  CHECK(one.cider > 0);
  CHECK(scorer.score(hypotheses).cider_d.corpus == first);
  CHECK(scorer.score(7, hypotheses[7]).cider == doctest::Approx(golden.images[7].at("cider")).epsilon(1e-12));
  CHECK_THROWS_WITH_AS(scorer.score(200, {}), "there is no image number 201: the references are of 200", Error);
  hypotheses.pop_back();
  CHECK_THROWS_WITH_AS(scorer.score(hypotheses), "199 hypotheses for the references of 200 images", Error);
}

TEST_CASE("document frequencies can be saved, loaded and used for another corpus") {
  const test::Golden golden = test::load_golden("leave-one-out-200");
  const test::TemporaryFolder folder;
  const metrics::DocumentFrequencies counted(references_of(golden.items));
  counted.save(folder / "df.txt");
  const auto loaded = metrics::DocumentFrequencies::load(folder / "df.txt");
  CHECK(loaded.images() == 200);
  const metrics::CiderResult result = metrics::cider(golden.items, &loaded);
  CHECK(std::abs(result.cider.corpus - golden.corpus.at("cider")) < 1e-12);
  CHECK(std::abs(result.cider_d.corpus - golden.corpus.at("cider_d")) < 1e-12);

  // With the frequencies of another corpus, a single image has a score; with its own references it would be 0.
  const std::vector<ScoredItem> one = {make_item("new", "a zebra runs", {"a zebra runs", "zebra and gnu"})};
  CHECK(metrics::cider(one).cider.corpus == 0);
  CHECK(metrics::cider(one, &loaded).cider.corpus > 3.75);
}

TEST_CASE("a caption equal to its only reference scores 10, or less without 4-grams") {
  const std::vector<ScoredItem> items = {make_item("1", "a b c d", {"a b c d"}), make_item("2", "e f g", {"e f g"})};
  const metrics::CiderResult result = metrics::cider(items);
  CHECK(result.cider.images[0] == doctest::Approx(10));
  CHECK(result.cider_d.images[0] == doctest::Approx(10));
  CHECK(result.cider.images[1] == doctest::Approx(7.5));
}

TEST_CASE("CIDEr reports the image that it cannot score") {
  CHECK_THROWS_WITH_AS(metrics::cider({make_item("7", "a", {})}), "image \"7\" has no reference to score against",
                       Error);
  CHECK_THROWS_WITH_AS(metrics::CiderScorer({{{"a"}}, {}}), "image number 2 has no reference to score against", Error);
  CHECK_THROWS_WITH_AS(metrics::CiderScorer({{{"a"}}}, metrics::DocumentFrequencies()),
                       "the document frequencies for CIDEr were counted over no image", Error);
}

TEST_CASE("an error in a document frequency file is reported with its line") {
  const test::TemporaryFolder folder;
  const auto message = [&](const std::string& content) -> std::string {
    write_file(folder / "df.txt", content);
    try {
      metrics::DocumentFrequencies::load(folder / "df.txt");
    } catch (const Error& error) {
      return std::string(error.what()).substr((folder / "df.txt").string().size());
    }
    return "";
  };
  const std::string head = "saccade-document-frequencies 1\nimages 2\n";
  CHECK(message(head + "2\ta dog\n") == "");
  CHECK(message("") == ": line 1: not a document frequency file");
  CHECK(message("saccade-document-frequencies 1\nimages -1\n") ==
        ": line 2: expected \"images \" and their number, found \"images -1\"");
  CHECK(message(head + "1\ta\n3\ta dog\n") ==
        ": line 4: expected a number of images up to 2, a tab and an n-gram, found \"3\ta dog\"");
  CHECK(message(head + "1\ta b c d e\n") == ": line 3: an n-gram has 1 to 4 words, this one has 5");
}
