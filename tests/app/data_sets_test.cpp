#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// Several data sets in one command: manifests, descriptions, and a training on both.

using namespace saccade;
using nlohmann::json;
using Words = std::vector<std::string>;

namespace {

/// Two folders with pictures of the same names and a caption each, and a manifest of both.
struct TwoSets {
  test::TemporaryFolder folder;

  TwoSets() {
    for (const char* name : {"first", "second"}) {
      std::string lines;
      for (const auto& image : test::write_pictures(folder / name, 6)) {
        std::string caption;
        for (const auto& word : image.captions[0]) caption += (caption.empty() ? "" : " ") + word;
        const bool dev = image.name == "0.png";
        lines += json{{"image", image.name}, {"captions", {caption}}, {"split", dev ? "dev" : "train"}}.dump() + "\n";
      }
      write_file(folder / (std::string(name) + ".jsonl"), lines);
    }
    write_file(folder / "sets.json",
               json::array({{{"name", "one"}, {"images", "first"}, {"captions", "first.jsonl"}},
                            {{"images", "second"}, {"captions", "second.jsonl"}, {"weight", 0.4}}})
                   .dump());
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }

  Words train(const std::string& output) const {
    models::write_safetensors(folder / "lite0.safetensors", test::published_lite0(1), {});
    Words words{"train", "--data", path("sets.json"), "--output", path(output), "--epochs", "1"};
    for (const Words& more : {test::tiny_encoder(folder / "lite0.safetensors"), test::tiny_decoder()}) {
      words.insert(words.end(), more.begin(), more.end());
    }
    return words;
  }
};

}  // namespace

TEST_CASE("check-data reads several data sets, from a manifest or from descriptions") {
  const TwoSets sets;
  const auto check = [](const Words& data, const std::string& first, const std::string& second) {
    Words words{"check-data", "--data"};
    words.insert(words.end(), data.begin(), data.end());
    const auto result = test::saccade(words);
    CAPTURE(result.err);
    CHECK(result.status == 0);
    CHECK(result.out.find(first + ":\n") == 0);
    CHECK(result.out.find("\n" + second + ":\n") != std::string::npos);
  };
  check({sets.path("sets.json")}, "one", "second");  // paths are relative to the manifest
  check({"images=" + sets.path("first") + ",captions=" + sets.path("first.jsonl"),
         "name=b,images=" + sets.path("second") + ",captions=" + sets.path("second.jsonl")},
        "first", "b");
}

TEST_CASE("evaluate scores each of several data sets") {
  const TwoSets sets;
  const std::string model = test::fixture().model_file.string();
  const Words base{"evaluate", "--model", model, "--threads", "1", "--beam", "1"};
  const auto evaluate = [&](const Words& more) {
    Words words = base;
    words.insert(words.end(), more.begin(), more.end());
    return test::saccade(words);
  };
  const auto both = evaluate({"--data", sets.path("sets.json"), "--json", sets.path("both.json")});
  CAPTURE(both.err);
  REQUIRE(both.status == 0);
  CHECK(both.out.find("one, 1 images") != std::string::npos);
  CHECK(both.out.find("second, 1 images") != std::string::npos);
  const json document = json::parse(read_file(sets.folder / "both.json"));
  REQUIRE(document.at("sets").size() == 2);
  CHECK(document["sets"][1]["name"] == "second");

  const auto single = evaluate(
      {"--images", sets.path("second"), "--captions", sets.path("second.jsonl"), "--json", sets.path("single.json")});
  REQUIRE(single.status == 0);
  const json alone = json::parse(read_file(sets.folder / "single.json"));
  CHECK(alone.at("trials") == document["sets"][1]["trials"]);

  const auto train_only = "name=t,images=" + sets.path("first") + ",captions=" + sets.path("train.jsonl");
  write_file(sets.folder / "train.jsonl",
             json{{"image", "1.png"}, {"captions", {"a dog"}}, {"split", "train"}}.dump() + "\n");
  const auto partly = evaluate({"--data", sets.path("sets.json"), train_only});
  CHECK(partly.status == 0);
  CHECK(partly.err.find("note: t has no dev images and is left out") != std::string::npos);
  CHECK(evaluate({"--data", train_only}).status == 1);

  const auto refused = evaluate({"--data", sets.path("sets.json"), "--results", sets.path("r.json")});
  CHECK(refused.status == 2);
  CHECK(refused.err.find("require a single data set") != std::string::npos);
  const auto list = evaluate({"--data", sets.path("sets.json"), "--list", sets.path("l.txt")});
  CHECK(list.status == 2);
  CHECK(list.err.find("--list describes a single data set") != std::string::npos);
}

TEST_CASE("an invalid data set is reported in one sentence") {
  const TwoSets sets;
  const auto check = [](const Words& words, int status, const std::string& sentence) {
    const auto result = test::saccade(words);
    CHECK(result.status == status);
    CAPTURE(result.err);
    CHECK(result.err.find(sentence) != std::string::npos);
  };
  check({"check-data"}, 2, "--images is missing");
  check({"check-data", "--images", sets.path("first"), "--data", sets.path("sets.json")}, 2,
        "--images describes a single data set; with --data, use the key images");
  check({"check-data", "--captions", sets.path("first.jsonl"), "--data", sets.path("sets.json")}, 2,
        "--captions describes a single data set");
  check({"check-data", "--data", "captions=a"}, 2, "the key images is missing");
  check({"check-data", "--data", "images=a,imgaes=b"}, 2, "there is no key 'imgaes'; the keys are name, images");
  check({"check-data", "--data", "images=a,weight=-1"}, 2, "weight must be a number from 0 to 1000, not '-1'");
  check({"check-data", "--data", "images=a/x", "images=b/x"}, 2, "two data sets are named 'x'");
  check({"check-data", "--data", sets.path("none.json")}, 1, "none.json");
  write_file(sets.folder / "bad.json", R"([{"images": "first"}, {"captions": "second.jsonl"}])");
  check({"check-data", "--data", sets.path("bad.json")}, 1, "bad.json: data set 2: \"images\"");
  write_file(sets.folder / "bad.json", R"({"images": "first"})");
  check({"check-data", "--data", sets.path("bad.json")}, 1, "bad.json: not a manifest of data sets");
  write_file(sets.folder / "bad.json", R"([{"images": ["first"]}])");
  check({"check-data", "--data", sets.path("bad.json")}, 1, "data set 1: 'images' must be a text or a number");
}

TEST_CASE("a model is trained on several data sets and logs the dev scores of each") {
  const TwoSets sets;
  const auto trained = test::saccade(sets.train("model"));
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(trained.err.find("10 training and 2 dev images") != std::string::npos);
  const std::string log = read_file(sets.folder / "model.csv");
  for (const char* row : {"\nfrozen,1,one,", "\nfrozen,1,second,", "\nfrozen,1,mean,"}) {
    CHECK(log.find(row) != std::string::npos);
  }
}

TEST_CASE("a model whose vocabulary is extended keeps its words") {
  const TwoSets sets;
  REQUIRE(test::saccade(sets.train("model")).status == 0);
  std::string lines = read_file(sets.folder / "second.jsonl");
  lines += json{{"image", "1.png"}, {"captions", {"a zebra"}}}.dump() + "\n";
  write_file(sets.folder / "second.jsonl", lines);
  Words more{"train",
             "--data",
             sets.path("sets.json"),
             "--output",
             sets.path("more"),
             "--start",
             sets.path("model"),
             "--extend-vocabulary",
             "--min-count",
             "1",
             "--epochs",
             "1",
             "--threads",
             "1"};
  const auto trained = test::saccade(more);
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  const auto words_of = [&sets](const char* model) {
    return json::parse(models::SafetensorsFile(sets.folder / model).text("vocabulary")).get<Words>();
  };
  const Words before = words_of("model"), after = words_of("more");
  REQUIRE(after.size() == before.size() + 2);
  CHECK(Words(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(before.size())) == before);
  CHECK(Words(after.end() - 2, after.end()) == Words{"a", "zebra"});
}
