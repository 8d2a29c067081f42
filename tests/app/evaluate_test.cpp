#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/random.hpp"
#include "core/metrics/attention.hpp"
#include "core/metrics/bleu.hpp"
#include "core/metrics/cider.hpp"
#include "core/metrics/faithfulness.hpp"
#include "core/metrics/grounding.hpp"
#include "core/text/function_words.hpp"
#include "models/checkpoint.hpp"
#include "models/decoder/likelihood.hpp"
#include "models/decoder/reference_maps.hpp"
#include "models/occluded_caption.hpp"
#include "models/training/feature_cache.hpp"
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
                                   "--images",
                                   fixture().photos.string(),
                                   "--captions",
                                   (folder / "captions.txt").string(),
                                   "--list",
                                   (folder / "list.txt").string(),
                                   "--threads",
                                   "1"};
    if (std::find(more.begin(), more.end(), "--model") == more.end()) {
      words.insert(words.end(), {"--model", fixture().model_file.string()});
    }
    words.insert(words.end(), more.begin(), more.end());
    return test::saccade(words);
  }
};

/// The words of a line of the printed table.
std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

/// The number below a heading, in a row of the table.
double number_below(const std::string& heading, const std::vector<std::string>& headings,
                    const std::vector<std::string>& row) {
  REQUIRE(row.size() == headings.size());
  const auto found = std::find(headings.begin(), headings.end(), heading);
  REQUIRE(found != headings.end());
  return std::stod(row[static_cast<std::size_t>(found - headings.begin())]);
}

}  // namespace

TEST_CASE("each requested beam width is scored as by the library") {
  const Dataset dataset;
  const auto outcome = dataset.evaluate({"--beam", "1,4"});
  CHECK(outcome.status == 0);
  const auto lines = outcome.lines();
  REQUIRE(lines.size() == 11);               // scores, words, attention, with an empty line before each
  const auto headings = words_of(lines[0]);  // 3 images BLEU-1 ...
  CHECK(lines[0].find("3 images") == 0);
  for (const int beam : {1, 4}) {
    const auto row = words_of(lines[beam == 1 ? 1 : 2]);  // beam 1 ...
    REQUIRE(row.size() == headings.size());
    CHECK(row[0] == "beam");
    CHECK(row[1] == std::to_string(beam));
    std::vector<ScoredItem> items;
    models::SearchOptions search;
    search.beam = beam;
    for (const auto& image : dataset.images) {
      items.push_back({image.name, fixture().caption_of(fixture().photos / image.name, search).words, image.captions});
    }
    const auto bleu = metrics::bleu(items).corpus;
    for (std::size_t n = 0; n < 4; ++n) {
      CHECK(std::abs(number_below("BLEU-" + std::to_string(n + 1), headings, row) - 100 * bleu[n]) < 0.0051);
    }
    CHECK(std::abs(number_below("CIDEr-D", headings, row) - 100 * metrics::cider(items).cider_d.corpus) < 0.0051);
  }
}

TEST_CASE("attention statistics are printed below the scores") {
  const Dataset dataset;
  const auto lines = dataset.evaluate({"--beam", "4"}).lines();
  REQUIRE(lines.size() == 8);
  CHECK(lines[6].find("attention ") == 0);
  metrics::AttentionSummary summary;
  models::SearchOptions search;
  search.beam = 4;
  for (const auto& image : dataset.images) {
    summary.add(fixture().caption_of(fixture().photos / image.name, search));
  }
  const auto row = words_of(lines[7]);  // attention, beam 4 ...
  REQUIRE(row.size() == 6);
  CHECK(std::abs(std::stod(row[3]) - summary.scores().entropy) < 0.0006);
  CHECK(std::abs(std::stod(row[4]) - summary.scores().divergence) < 0.00006);
  CHECK(std::abs(std::stod(row[5]) - 100 * summary.scores().moves) < 0.06);
}

TEST_CASE("--likelihood prints the likelihood of the references, also under a second model") {
  const Dataset dataset;
  const auto lines =
      dataset.evaluate({"--beam", "1", "--likelihood", "3", "--compare", fixture().model_file.string()}).lines();
  REQUIRE(lines.size() == 14);
  double log_p = 0, words = 0;
  for (const auto& image : dataset.images) {
    const auto annotations =
        fixture().model.encode(models::load_pixels({fixture().photos / image.name}, fixture().model.preprocessing));
    for (const auto& caption : image.captions) {
      const auto encoded = fixture().model.vocabulary.encode(caption);
      const auto batch = models::pack({encoded}, {0});
      log_p += models::expected_log_likelihoods(*fixture().model.decoder, annotations, batch).item<double>();
      words += static_cast<double>(encoded.size() - 1);
    }
  }
  for (const std::size_t line : {10U, 11U}) {
    CHECK(lines[line].find("model: soft ") == 0);
    CHECK(std::abs(std::stod(words_of(lines[line])[2]) - log_p / words) < 0.0002);
  }
  CHECK(lines[12].find(fmt::format("of {} words are <unk> to it", words)) != std::string::npos);
}

TEST_CASE("hard attention is scored for every cell selection") {
  Dataset dataset;
  const auto path = dataset.folder / "hard.safetensors";
  models::Captioner hard = models::load_checkpoint(fixture().model_file);
  hard.decoder->set_attention("hard");
  models::save_checkpoint(path, hard);
  const std::vector<std::string> model{"--model", path.string(), "--beam", "1,2"};
  const auto evaluate = [&](std::vector<std::string> more) {
    more.insert(more.begin(), model.begin(), model.end());
    return dataset.evaluate(more);
  };
  const auto lines = evaluate({"--cell-selection", "expected,sample", "--likelihood", "4"}).lines();
  REQUIRE(lines.size() == 5 + 1 + 5 + 1 + 5 + 1 + 4 + 1);
  CHECK(lines[1].find("beam 1, expected") == 0);
  CHECK(lines[4].find("beam 2, sample") == 0);
  CHECK(lines[19].find("hard: lower bound, 4 samples") == 0);
  CHECK(lines[20].find("hard: marginal, 4 samples") == 0);
  CHECK(lines[21].find("hard: expected context") == 0);
  const double bound = std::stod(words_of(lines[19])[5]), marginal = std::stod(words_of(lines[20])[4]);
  CHECK(bound <= marginal);
  CHECK(evaluate({"--cell-selection", "sample", "--seed", "9"}).out ==
        evaluate({"--cell-selection", "sample", "--seed", "9"}).out);

  CHECK(check_refused(evaluate({"--cell-selection", "softly"}), 2).find("medoid, argmax, sample, expected") !=
        std::string::npos);
  CHECK(
      check_refused(dataset.evaluate({"--cell-selection", "argmax"}), 2).find("requires a model with hard attention") !=
      std::string::npos);
  CHECK(check_refused(evaluate({"--compare", path.string()}), 2).find("--likelihood") != std::string::npos);
  CHECK(check_refused(evaluate({"--likelihood", "0"}), 2).find("--likelihood") != std::string::npos);
}

TEST_CASE("--results writes the captions as COCO results, in the order of the list") {
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

TEST_CASE("inconsistent data is refused by name") {
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

TEST_CASE("unwritable results are reported") {
  const Dataset dataset;
  const auto outcome = dataset.evaluate({"--results", "/nowhere/results.json"});
  CHECK(outcome.status == 1);
  CHECK(outcome.err.find("saccade: error: /nowhere/results.json") != std::string::npos);
}

TEST_CASE("input files are not overwritten") {
  const Dataset dataset;
  const std::string list = (dataset.folder / "list.txt").string(), before = read_file(list);
  CHECK(check_refused(dataset.evaluate({"--table", list}), 1).find("not overwritten") != std::string::npos);
  CHECK(read_file(list) == before);
  check_refused(dataset.evaluate({"--results", fixture().model_file.string()}), 1);
}

TEST_CASE("--best and --worst make a picture of captions with their photos") {
  const Dataset dataset;
  const auto sheet = dataset.folder / "sheet.png";
  CHECK(dataset.evaluate({"--sheet", sheet.string(), "--best", "1", "--worst", "1"}).status == 0);
  CHECK(cv::imread(sheet.string()).cols > 48);
  check_refused(dataset.evaluate({"--sheet", sheet.string()}), 2);
  check_refused(dataset.evaluate({"--best", "2"}), 2);
}

TEST_CASE("--table writes the scores of each image, --references the references as COCO annotations") {
  const Dataset dataset;
  const auto table = dataset.folder / "table.csv";
  const auto references = dataset.folder / "references.json";
  CHECK(dataset.evaluate({"--table", table.string(), "--references", references.string()}).status == 0);
  CHECK(test::lines_of(read_file(table)).size() >= 4);
  CHECK(json::parse(read_file(references)).at("annotations").size() == 9);
}

TEST_CASE("--confidence prints intervals") {
  const Dataset dataset;
  const auto outcome = dataset.evaluate({"--confidence", "0.9"});
  CHECK(outcome.status == 0);
  CHECK(outcome.out.find("90 % confidence") != std::string::npos);
  check_refused(dataset.evaluate({"--confidence", "1.5"}), 2);
}

TEST_CASE("--boxes reports grounding in text and JSON") {
  const Dataset dataset;
  const auto boxes = dataset.folder / "boxes.jsonl";
  // All that the captions say names the left half of the photo; 1.png has no boxes, and a photo of no interest has
  // some.
  std::string lines;
  std::vector<AnnotatedPhoto> photos;
  for (const char* name : {"0.png", "2.png", "other.png"}) {
    const std::string image = name[0] == 'o' ? "0.png" : name;
    json line{{"image", name}, {"width", 10}, {"height", 20}, {"boxes", {{"7", {{0, 0, 5, 20}}}}}};
    AnnotatedPhoto photo{name, {{"7", {{0, 0, 0.5, 1}}}}, {{fixture().caption_of(fixture().photos / image).words, {}}}};
    json phrases = json::array();
    for (std::size_t t = 0; t < photo.captions[0].words.size(); ++t) {
      phrases.push_back({{"first", t}, {"last", t}, {"entity", "7"}, {"types", {"other"}}});
      photo.captions[0].phrases.push_back({t, t, "7", {"other"}});
    }
    line["captions"] = {{{"words", photo.captions[0].words}, {"phrases", phrases}}};
    lines += line.dump() + "\n";
    photos.push_back(photo);
  }
  write_file(boxes, lines);

  metrics::GroundingSummary said, taught;
  for (const auto& photo : {photos[1], photos[0]}) {  // in the list's order
    const auto caption = fixture().caption_of(fixture().photos / photo.image);
    said.add_photo(metrics::ground_caption(photo, caption));
    const auto annotations =
        fixture().model.encode(models::load_pixels({fixture().photos / photo.image}, fixture().model.preprocessing));
    const auto maps = models::reference_maps(*fixture().model.decoder, annotations,
                                             {fixture().model.vocabulary.encode(caption.words)}, {0});
    taught.add_photo(metrics::ground_reference(photo, photo.captions[0], maps[0].data(), caption.grid));
  }
  REQUIRE(said.words() > 0);

  const auto path = dataset.folder / "figures.json";
  const auto outcome = dataset.evaluate({"--beam", "1,5", "--boxes", boxes.string(), "--json", path.string()});
  REQUIRE(outcome.status == 0);
  CHECK(outcome.out.find("\nmaps on things named") != std::string::npos);
  CHECK(outcome.out.find("\ncommonest words, beam 5") != std::string::npos);
  CHECK(outcome.out.find("\nteacher forcing") != std::string::npos);
  CHECK(outcome.out.find("\npeople's captions") != std::string::npos);

  const json figures = json::parse(read_file(path));
  CHECK(figures.at("images") == 3);
  REQUIRE(figures.at("trials").size() == 2);
  const json& trial = figures["trials"][1];
  CHECK(trial.at("name") == "beam 5");
  CHECK(trial.at("scores").contains("bleu_4"));
  CHECK(trial.at("attention").at("entropy") > 0);
  const auto check = [](const json& grounding, const metrics::GroundingSummary& expected) {
    CHECK(grounding.at("photos") == 2);
    CHECK(grounding.at("words") == expected.words());
    CHECK(grounding.at("confidence") == 0.95);
    for (const auto& interval : expected.scores({})) {
      CAPTURE(interval.name);
      const json& found = grounding.at(interval.name);
      CHECK(found.at("score").get<double>() == doctest::Approx(interval.score).epsilon(1e-4));
      CHECK(found.at("low") <= found.at("score"));
      CHECK(found.at("score") <= found.at("high"));
    }
    const auto commonest = expected.commonest(15);
    REQUIRE(grounding.at("commonest").size() == commonest.size());
    CHECK(grounding["commonest"][0].at("word") == commonest[0].word);
    CHECK(grounding["commonest"][0].at("times") == commonest[0].times);
  };
  check(trial.at("grounding"), said);
  check(figures.at("references").at("grounding"), taught);
  CHECK(std::abs(figures["references"]["grounding"]["uniform"]["score"].get<double>() - 0.5) < 1e-12);
  CHECK_FALSE(trial.contains("grounding_of_cells"));  // it saw mixtures
}

TEST_CASE("--boxes reports the grounding of selected cells") {
  const Dataset dataset;
  const auto path = dataset.folder / "hard.safetensors", boxes = dataset.folder / "boxes.jsonl",
             figures = dataset.folder / "figures.json";
  models::Captioner hard = models::load_checkpoint(fixture().model_file);
  hard.decoder->set_attention("hard");
  models::save_checkpoint(path, hard);
  const auto said = json::parse(
      test::saccade({"caption", "--model", path.string(), "--beam", "5", "--json", fixture().photo(0)}).lines().at(0));
  // A box around the cell that the first word saw, and no other word is named.
  const int cell = said.at("cells").at(0), columns = said.at("grid").at("columns"), rows = said.at("grid").at("rows");
  const double shift = said.at("grid").at("shift");
  const double x = 100 * (cell % columns + 0.5 + shift) / columns, y = 100 * (cell / columns + 0.5 + shift) / rows;
  const json line{{"image", "0.png"},
                  {"width", 100},
                  {"height", 100},
                  {"boxes", {{"1", {{std::max(0.0, x - 1), std::max(0.0, y - 1), x + 1, y + 1}}}}},
                  {"captions",
                   {{{"words", {said.at("words").at(0)}},
                     {"phrases", {{{"first", 0}, {"last", 0}, {"entity", "1"}, {"types", {"other"}}}}}}}}};
  write_file(boxes, line.dump() + "\n");
  const auto outcome = dataset.evaluate(
      {"--model", path.string(), "--beam", "5", "--boxes", boxes.string(), "--json", figures.string()});
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  CHECK(outcome.out.find("\ncells seen on things named") != std::string::npos);
  const json trial = json::parse(read_file(figures)).at("trials").at(0);
  const json& cells = trial.at("grounding_of_cells");
  int named = 0, seen = 0;  // the word may come again, and see another cell
  for (std::size_t t = 0; t < said.at("words").size(); ++t) {
    if (said["words"][t] != said["words"][0]) continue;
    ++named;
    seen += static_cast<int>(said["cells"][t] == cell);
  }
  CHECK(cells.at("words") == named);
  CHECK(cells.at("pointing").at("score").get<double>() == doctest::Approx(static_cast<double>(seen) / named));
  CHECK(cells.at("correctness").at("score").get<double>() > trial.at("grounding").at("correctness").at("score"));
}

TEST_CASE("--maps captions again with forced maps and prints the loss") {
  const Dataset dataset;
  const auto path = dataset.folder / "figures.json";
  const auto evaluate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--beam", "1,4", "--maps", "least,random", "--json", path.string()};
    words.insert(words.end(), more.begin(), more.end());
    return dataset.evaluate(words);
  };
  const auto outcome = evaluate({});
  REQUIRE(outcome.status == 0);
  const auto lines = outcome.lines();
  REQUIRE(lines.size() == 7 + 4 + 8 + 6);  // two ways as ever, four more, and what these lose
  CHECK(lines[2].find("beam 4  ") == 0);
  CHECK(lines[3].find("beam 1, least map") == 0);
  CHECK(lines[6].find("beam 4, random map") == 0);
  CHECK(lines[20].find("CIDEr-D without own maps") == 0);
  CHECK(lines[24].find("beam 4, random map") == 0);

  const json trials = json::parse(read_file(path)).at("trials");
  REQUIRE(trials.size() == 6);
  for (std::size_t i = 0; i < 6; ++i) {
    CAPTURE(i);
    CHECK(trials[i].contains("attention") == (i < 2));
    CHECK(trials[i].contains("loss") == (i >= 2));
    if (i < 2) continue;
    const json& own = trials[i % 2];
    const json& loss = trials[i].at("loss");
    CHECK(loss.at("own") == own.at("name"));
    CHECK(loss.at("confidence") == 0.95);
    const double whole = own["scores"]["cider_d"], forced = trials[i]["scores"]["cider_d"];
    CHECK(loss.at("cider_d").at("score").get<double>() == doctest::Approx((whole - forced) / whole));
    CHECK(loss["cider_d"].at("low") <= loss["cider_d"].at("high"));
  }
  // Draws repeat; tables and pictures are of the model's own maps.
  CHECK(evaluate({}).out == outcome.out);
  const auto results = dataset.folder / "results.json", plain = dataset.folder / "plain.json";
  CHECK(evaluate({"--confidence", "0.5", "--results", results.string()}).status == 0);
  CHECK(json::parse(read_file(path))["trials"][2]["loss"].at("confidence") == 0.5);
  CHECK(dataset.evaluate({"--beam", "1,4", "--results", plain.string()}).status == 0);
  CHECK(read_file(results) == read_file(plain));
}

TEST_CASE("--faithfulness hides cells for words with boxes or all content words") {
  const Dataset dataset;
  const auto path = dataset.folder / "figures.json";
  const auto evaluate = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--json", path.string(), "--beam", "2,1"};
    words.insert(words.end(), more.begin(), more.end());
    return dataset.evaluate(words);
  };
  const auto outcome = evaluate({"--faithfulness", "2"});
  REQUIRE(outcome.status == 0);
  CHECK(outcome.out.find("\nfaithfulness, 2 photos, ") != std::string::npos);
  CHECK(outcome.out.find("\nfrom the largest weight ") != std::string::npos);
  const json found = json::parse(read_file(path)).at("faithfulness");
  metrics::FaithfulnessSummary summary;
  models::SearchOptions search;
  search.beam = 2;
  for (const char* name : {"2.png", "0.png"}) {  // the first two of the list
    const auto photo = fixture().photos / name;
    const auto caption = fixture().caption_of(photo, search);
    std::vector<metrics::MappedWord> words;
    for (std::size_t t = 0; t < caption.words.size(); ++t) {
      if (!is_function_word(caption.words[t])) words.push_back({t, caption.alpha_of(t)});
    }
    const auto pixels = models::load_pixels({photo}, fixture().model.preprocessing)[0];
    metrics::FaithfulnessOptions options;
    options.seed = derived_seed({1, summary.photos()});
    summary.add_photo(metrics::measure_faithfulness(
        caption.grid, words, models::occluded_reader(fixture().model, pixels, caption.words), options));
  }
  REQUIRE(summary.words() > 0);
  CHECK(found.at("photos") == 2);
  CHECK(found.at("words") == summary.words());
  CHECK(found.at("confidence") == 0.95);
  for (const auto& interval : summary.scores({})) {
    CAPTURE(interval.name);
    CHECK(std::abs(found.at(interval.name).at("score").get<double>() - interval.score) < 1e-4);
    CHECK(found[interval.name].at("low") <= found[interval.name].at("high"));
  }
  CHECK(evaluate({"--faithfulness", "9"}).out.find("\nfaithfulness, 3 photos, ") != std::string::npos);

  // Boxes that name nothing that the model says: there is no word to ask for.
  const auto boxes = dataset.folder / "boxes.jsonl";
  write_file(boxes, R"({"image":"0.png","width":1,"height":1,"boxes":{},"captions":[]})");
  CHECK(evaluate({"--faithfulness", "3", "--boxes", boxes.string()}).status == 0);
  CHECK(json::parse(read_file(path))["faithfulness"].at("words") == 0);
}

TEST_CASE("unknown maps and models without maps are refused") {
  const Dataset dataset;
  CHECK(check_refused(dataset.evaluate({"--maps", "best"}), 2).find("uniform, random, least") != std::string::npos);
  const auto path = dataset.folder / "blind.safetensors";
  models::Captioner blind = models::load_checkpoint(fixture().model_file);
  test::DecoderPlan plan{blind.decoder->shape(), test::tiny_plan().options};
  plan.options.attention.attention = "none";
  blind.decoder = test::tiny_decoder(1, plan);
  models::save_checkpoint(path, blind);
  const auto refused = check_refused(dataset.evaluate({"--model", path.string(), "--maps", "least"}), 2);
  CHECK(refused.find("--maps requires a model with attention") != std::string::npos);
  CHECK(check_refused(dataset.evaluate({"--model", path.string(), "--faithfulness", "1"}), 2)
            .find("--faithfulness requires a model with attention") != std::string::npos);
  CHECK(check_refused(dataset.evaluate({"--faithfulness", "0"}), 2).find("--faithfulness") != std::string::npos);
  CHECK(dataset.evaluate({"--model", path.string()}).status == 0);
}

TEST_CASE("--json contains only what was requested") {
  const Dataset dataset;
  const auto path = dataset.folder / "figures.json";
  CHECK(dataset.evaluate({"--json", path.string(), "--confidence", "0.9", "--likelihood", "1"}).status == 0);
  json figures = json::parse(read_file(path));
  CHECK_FALSE(figures.contains("references"));
  CHECK_FALSE(figures["trials"][0].contains("grounding"));
  CHECK(figures.at("intervals").at("confidence") == 0.9);
  CHECK(figures.at("intervals").at("cider_d").at("low") <= figures["trials"][0]["scores"]["cider_d"]);
  CHECK(figures.at("likelihoods")[0].at("mean") < 0);
  CHECK(dataset.evaluate({"--json", path.string()}).status == 0);
  figures = json::parse(read_file(path));
  CHECK_FALSE(figures.contains("intervals"));
  CHECK_FALSE(figures.contains("likelihoods"));
  const auto nowhere = dataset.evaluate({"--json", "/nowhere/figures.json"});
  CHECK(nowhere.status == 1);
  CHECK(nowhere.err.find("saccade: error: /nowhere/figures.json") != std::string::npos);
}

TEST_CASE("missing, broken and unrelated boxes are refused by name") {
  const Dataset dataset;
  const auto boxes = dataset.folder / "boxes.jsonl";
  const std::vector<std::string> more{"--boxes", boxes.string()};
  CHECK(check_refused(dataset.evaluate(more), 1).find("boxes.jsonl: cannot open the file") != std::string::npos);
  write_file(boxes, "{\"image\": 3}\n");
  CHECK(check_refused(dataset.evaluate(more), 1).find("boxes.jsonl: line 1: ") != std::string::npos);
  write_file(boxes, R"({"image":"9.png","width":1,"height":1,"boxes":{},"captions":[]})");
  CHECK(check_refused(dataset.evaluate(more), 1).find("none of the 3 images") != std::string::npos);
}
