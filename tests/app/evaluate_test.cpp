#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/atomic_file.hpp"
#include "core/metrics/bleu.hpp"
#include "tests/app/fixture.hpp"

// saccade evaluate: a model's captions scored against people's.

using namespace saccade;
using nlohmann::json;
using test::check_refused;
using test::fixture;

namespace {

/// A dataset of the fixture's three photos on disk: captions that share words with what the model says.
struct Dataset {
  test::TemporaryFolder folder;
  CaptionDataset images;

  Dataset() {
    for (int i = 0; i < 3; ++i) {
      auto said = fixture().caption_of(fixture().photo(i)).words;
      auto other = said;
      other.push_back("today");
      if (i == 1) said = {"something", "else", "altogether", "here"};
      images.push_back({std::to_string(i) + ".png", {said, {"a", "ball"}, other}});
    }
    write_file(folder / "captions.txt", test::flickr_lines(images));
    write_file(folder / "list.txt", "2.png\n0.png\n1.png\n");
  }

  test::Outcome evaluate(const std::vector<std::string>& more) const {
    std::vector<std::string> words{"evaluate",
                                   "--model",
                                   fixture().model_file.string(),
                                   "--images",
                                   fixture().photos.string(),
                                   "--captions",
                                   (folder / "captions.txt").string(),
                                   "--list",
                                   (folder / "list.txt").string(),
                                   "--threads",
                                   "1"};
    words.insert(words.end(), more.begin(), more.end());
    return test::saccade(words);
  }
};

/// The numbers of a line of the printed table: the beam, BLEU-1 to 4, ROUGE-L, CIDEr, CIDEr-D.
std::vector<double> numbers(const std::string& line) {
  std::istringstream stream(line);
  std::vector<double> result;
  for (double value = 0; stream >> value;) result.push_back(value);
  return result;
}

}  // namespace

TEST_CASE("a model is scored for every beam asked for, as the library scores its captions") {
  const Dataset dataset;
  const auto outcome = dataset.evaluate({"--beam", "1,4"});
  CHECK(outcome.status == 0);
  const auto lines = outcome.lines();
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == "3 images");
  CHECK(lines[1].find("BLEU-4") != std::string::npos);
  for (const int beam : {1, 4}) {
    const auto row = numbers(lines[beam == 1 ? 2 : 3]);
    REQUIRE(row.size() >= 8);
    CHECK(row[0] == beam);
    std::vector<metrics::ScoredItem> items;
    models::SearchOptions search;
    search.beam = beam;
    for (const auto& image : dataset.images) {
      items.push_back({image.name, fixture().caption_of(fixture().photos / image.name, search).words, image.captions});
    }
    const auto bleu = metrics::bleu(items).corpus;
    for (std::size_t n = 0; n < 4; ++n) CHECK(std::abs(row[n + 1] - 100 * bleu[n]) < 0.0051);
  }
}

TEST_CASE("--results writes the captions as COCO results, in the list's order") {
  const Dataset dataset;
  const auto path = dataset.folder / "results.json";
  CHECK(dataset.evaluate({"--results", path.string()}).status == 0);
  const json results = json::parse(read_file(path));
  REQUIRE(results.size() == 3);
  const char* const order[] = {"2.png", "0.png", "1.png"};
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(results[i].at("image_id") == order[i]);
    CHECK(results[i].at("caption") == fixture().caption_of(fixture().photos / order[i]).text());
  }
}

TEST_CASE("data that does not fit together is refused by name") {
  const Dataset dataset;
  write_file(dataset.folder / "list.txt", "0.png\n9.png\n");
  CHECK(check_refused(dataset.evaluate({}), 1).find("'9.png'") != std::string::npos);
  write_file(dataset.folder / "list.txt", "");
  CHECK(check_refused(dataset.evaluate({}), 1).find("list.txt") != std::string::npos);
  write_file(dataset.folder / "list.txt", "0.png\n");
  write_file(dataset.folder / "captions.txt", "0.png#0 no tab\n");
  CHECK(check_refused(dataset.evaluate({}), 1).find("captions.txt: line 1") != std::string::npos);
  write_file(dataset.folder / "captions.txt", "0.png#0\ta dog\nmissing.png#0\ta cat\n");
  write_file(dataset.folder / "list.txt", "0.png\nmissing.png\n");
  const auto outcome = dataset.evaluate({});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("missing.png") != std::string::npos);
}

TEST_CASE("results that cannot be written are told") {
  const Dataset dataset;
  const auto outcome = dataset.evaluate({"--results", "/nowhere/results.json"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("saccade: error: /nowhere/results.json") != std::string::npos);
}
