#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// The same photos and captions in every form that captions come in, from check to training and evaluation.

using namespace saccade;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

/// Ten pictures with a caption each.
struct Photos {
  test::TemporaryFolder folder;
  CaptionDataset images = test::write_pictures(folder / "images", 10);

  std::string path(const std::string& name) const { return (folder / name).string(); }

  /// Writes a text made of a piece for each image: `piece(name, caption)`.
  template <typename Piece>
  std::string write(const std::string& name, std::string text, Piece piece) const {
    for (const auto& image : images) {
      std::string caption;
      for (const auto& word : image.captions[0]) caption += (caption.empty() ? "" : " ") + word;
      text += piece(image.name, caption);
    }
    write_file(folder / name, text);
    return path(name);
  }
};

/// Trains for an epoch and evaluates, without lists. `more`: the format, then further options of the training.
void train_and_evaluate(const Photos& photos, const std::string& captions, const std::vector<std::string>& more = {}) {
  models::write_safetensors(photos.folder / "lite0.safetensors", test::published_lite0(1), {});
  const std::vector<std::string> data{"--images", photos.path("images"),          "--captions", captions,
                                      "--format", more.empty() ? "auto" : more[0]};
  std::vector<std::string> train{"train", "--output", photos.path("model"), "--epochs", "1"};
  for (const auto& words : {test::tiny_encoder(photos.folder / "lite0.safetensors"), test::tiny_decoder(), data}) {
    train.insert(train.end(), words.begin(), words.end());
  }
  if (!more.empty()) train.insert(train.end(), more.begin() + 1, more.end());
  const auto trained = test::saccade(train);
  CAPTURE(trained.err);
  REQUIRE(trained.status == 0);
  CHECK(trained.err.find("8 training and 1 dev images") != std::string::npos);
  std::vector<std::string> evaluate{"evaluate", "--model", photos.path("model"), "--split", "test",
                                    "--beam",   "1",       "--threads",          "1"};
  evaluate.insert(evaluate.end(), data.begin(), data.end());
  const auto evaluated = test::saccade(evaluate);
  CAPTURE(evaluated.err);
  CHECK(evaluated.status == 0);
  CHECK(evaluated.out.find("1 images") == 0);
}

}  // namespace

TEST_CASE("caption lines without lists use a random split") {
  const Photos photos;
  train_and_evaluate(photos, photos.write("c.txt", "", [](const auto& name, const auto& caption) {
    return name + "#0\t" + caption + "\n";
  }));
}

TEST_CASE("a table of captions is trained on and evaluated") {
  const Photos photos;
  train_and_evaluate(photos, photos.write("c.csv", "image,caption\n", [](const auto& name, const auto& caption) {
    return name + ",\"" + caption + "\"\n";
  }));
}

TEST_CASE("Flickr30k's table is trained on and evaluated") {
  const Photos photos;
  train_and_evaluate(
      photos, photos.write("r.csv", "image_name| comment_number| comment\n",
                           [](const auto& name, const auto& caption) { return name + "| 0| " + caption + "\n"; }));
}

TEST_CASE("JSON Lines are trained on and evaluated, also with an explicit format") {
  const Photos photos;
  const auto captions = photos.write("c.jsonl", "", [](const auto& name, const auto& caption) {
    return json{{"image", name}, {"caption", caption}}.dump() + "\n";
  });
  train_and_evaluate(photos, captions, {"jsonl"});
}

TEST_CASE("COCO's annotations are trained on and evaluated") {
  const Photos photos;
  json file{{"images", json::array()}, {"annotations", json::array()}};
  photos.write("unused", "", [&file](const auto& name, const auto& caption) {
    const std::size_t id = file["images"].size();
    file["images"].push_back({{"id", id}, {"file_name", name}});
    file["annotations"].push_back({{"id", id}, {"image_id", id}, {"caption", caption}});
    return "";
  });
  write_file(photos.folder / "captions_train.json", file.dump());
  train_and_evaluate(photos, photos.path("captions_train.json"));
}

TEST_CASE("Karpathy's JSON is trained on and evaluated with its own split") {
  const Photos photos;
  json file{{"images", json::array()}};
  photos.write("unused", "", [&file](const auto& name, const auto& caption) {
    const std::size_t number = file["images"].size();
    const char* const split = number == 3 ? "val" : number == 4 ? "test" : number == 5 ? "restval" : "train";
    file["images"].push_back(
        {{"filepath", "."}, {"filename", name}, {"split", split}, {"sentences", {{{"raw", caption}}}}});
    return "";
  });
  write_file(photos.folder / "dataset.json", file.dump());
  train_and_evaluate(photos, photos.path("dataset.json"));
}

TEST_CASE("a folder with texts beside the photos needs no captions file") {
  const Photos photos;
  photos.write("unused", "", [&photos](const auto& name, const auto& caption) {
    write_file((photos.folder / "images") / fs::path(name).replace_extension(".txt"), caption + "\n");
    return "";
  });
  train_and_evaluate(photos, photos.path("images"));
  const auto checked = test::saccade({"check-data", "--images", photos.path("images")});
  CHECK(checked.status == 0);
  CHECK(checked.out.find("10 images with 10 captions can be used") == 0);
}

TEST_CASE("check-data reports all problems with their lines, and fails only for those that stop training") {
  const Photos photos;
  const auto captions =
      photos.write("c.txt", "", [](const auto& name, const auto& caption) { return name + "#0\t" + caption + "\n"; });
  const std::vector<std::string> command{"check-data", "--images", photos.path("images"), "--captions", captions};
  const auto sound = test::saccade(command);
  CHECK(sound.status == 0);
  CHECK(sound.lines() ==
        std::vector<std::string>{"10 images with 10 captions can be used; of all, 8 are train, 1 dev, 1 test",
                                 "nothing is wrong"});
  write_file(captions, read_file(captions) + read_file(captions).substr(0, read_file(captions).find('\n') + 1));
  const auto doubled = test::saccade(command);
  CHECK(doubled.status == 0);
  CHECK(doubled.out.find("doubled caption  " + captions + ": line 11: ") == 0);
  fs::remove(photos.folder / "images/1.png");
  write_file(photos.folder / "images/2.png", read_file(photos.folder / "images/2.png").substr(0, 60));
  const auto broken = test::saccade(command);
  CHECK(broken.status == 1);
  CHECK(broken.lines().back() == "1 doubled caption, 1 missing photo, 1 broken photo");
  CHECK(broken.out.find("8 images with 9 captions can be used") != std::string::npos);
}

TEST_CASE("check-data counts photos without text and other files, and --report lists them") {
  const Photos photos;
  photos.write("unused", "", [&photos](const auto& name, const auto& caption) {
    if (name > "2") write_file((photos.folder / "images") / fs::path(name).replace_extension(".TXT"), caption + "\n");
    return "";
  });
  write_file(photos.folder / "images/5.npz", "latents");
  write_file(photos.folder / "images/README.txt", "About these photos.\n");
  const std::vector<std::string> command{"check-data", "--images", photos.path("images"), "--report",
                                         photos.path("report.tsv")};
  const auto checked = test::saccade(command);
  CAPTURE(checked.out);
  CHECK(checked.status == 0);
  CHECK(checked.out.find("8 images with 8 captions can be used") != std::string::npos);
  CHECK(checked.lines().back() == "2 photos without text, 1 text without photo; 1 other file ignored");
  CHECK(checked.out.find("5.npz") == std::string::npos);
  const std::string report = read_file(photos.folder / "report.tsv");
  CHECK(report.find("kind\twhere\twhat\n") == 0);
  CHECK(report.find("photo without text\t" + photos.path("images/0.png") + "\tthere is no text beside it\n") !=
        std::string::npos);
  CHECK(report.find("other file\t" + photos.path("images/5.npz") + "\t") != std::string::npos);
  CHECK(test::saccade(command).status == 0);  // its own report may be replaced
  write_file(photos.folder / "report.tsv", "something else\n");
  const auto refused = test::saccade(command);
  CHECK(refused.status == 1);
  CHECK(read_file(photos.folder / "report.tsv") == "something else\n");
}

TEST_CASE("photos that the captions file does not mention are counted and listed") {
  const Photos photos;
  const auto captions =
      photos.write("c.txt", "", [](const auto& name, const auto& caption) { return name + "#0\t" + caption + "\n"; });
  fs::create_directory(photos.folder / "images/more");
  for (const char* const name : {"images/x.png", "images/more/0.png"}) {
    fs::copy_file(photos.folder / "images/0.png", photos.folder / name);
  }
  const auto checked = test::saccade(
      {"check-data", "--images", photos.path("images"), "--captions", captions, "--report", photos.path("report.tsv")});
  CHECK(checked.status == 0);
  CHECK(checked.lines().back() == "nothing is wrong; 2 photos that no caption mentions ignored");
  CHECK(checked.out.find("x.png") == std::string::npos);
  const std::string report = read_file(photos.folder / "report.tsv");
  CHECK(report.find("photo that no caption mentions\t" + photos.path("images/x.png") + "\t") != std::string::npos);
  CHECK(report.find("photo that no caption mentions\t" + photos.path("images/more/0.png") + "\t") != std::string::npos);
}

TEST_CASE("a file that holds a test split alone is evaluated") {
  const Photos photos;
  const auto captions = photos.write("c.jsonl", "", [](const auto& name, const auto& caption) {
    return json{{"image", name}, {"caption", caption}}.dump() + "\n";
  });
  train_and_evaluate(photos, captions);
  const auto tests = photos.write("t.jsonl", "", [](const auto& name, const auto& caption) {
    return json{{"image", name}, {"caption", caption}, {"split", "TEST"}}.dump() + "\n";
  });
  const auto evaluated = test::saccade({"evaluate", "--model", photos.path("model"), "--split", "test", "--beam", "1",
                                        "--images", photos.path("images"), "--captions", tests, "--threads", "1"});
  CAPTURE(evaluated.err);
  CHECK(evaluated.status == 0);
  CHECK(evaluated.out.find("10 images") == 0);
  CHECK(evaluated.err.find("data: 10 photos with 10 captions\n") != std::string::npos);
}

TEST_CASE("photos in both train and dev cause a warning, by name and by content") {
  const Photos photos;
  fs::copy_file(photos.folder / "images/1.png", photos.folder / "images/copy.png");
  const auto captions =
      photos.write("c.csv", "image,caption,split\ncopy.png,a copy,dev\n", [](const auto& name, const auto& caption) {
        return name + ",\"" + caption + "\"," + (name < "3" ? "train" : "valid") + "\n";
      });
  const auto checked = test::saccade(
      {"check-data", "--images", photos.path("images"), "--captions", captions, "--report", photos.path("report.tsv")});
  CAPTURE(checked.out);
  CHECK(checked.status == 0);
  CHECK(checked.err.find("warning: 1 of the 8 dev photos is also in train (copy.png); scores on them are too high\n") !=
        std::string::npos);
  CHECK(read_file(photos.folder / "report.tsv")
            .find("shared photo\tcopy.png\tit is in dev, and has the same bytes as '1.png' in train\n") !=
        std::string::npos);
}

TEST_CASE("characters as words are stored in the model, and captions are joined and evaluated accordingly") {
  const Photos photos;
  const auto captions = photos.write("c.jsonl", "", [](const auto& name, const auto&) {
    return json{{"image", name}, {"caption", "一只狗在草地上奔跑"}}.dump() + "\n";
  });
  const auto checked = test::saccade({"check-data", "--images", photos.path("images"), "--captions", captions});
  CHECK(checked.status == 0);
  CHECK(checked.out.find("10 captions of a script without spaces are not divided into words") != std::string::npos);
  const auto sound = test::saccade(
      {"check-data", "--images", photos.path("images"), "--captions", captions, "--tokens", "characters"});
  CHECK(sound.lines().back() == "nothing is wrong");
  train_and_evaluate(photos, captions, {"auto", "--tokens", "characters"});
  const auto info = test::saccade({"info", photos.path("model"), "--json"});
  CHECK(json::parse(info.out).at("notes").at("tokens") == "characters");
  const auto captioned = test::saccade({"caption", photos.path("images/1.png"), "--model", photos.path("model"),
                                        "--json", "--threads", "1", "--beam", "1", "--max-length", "6"});
  const auto caption = json::parse(captioned.out);
  const std::string text = caption.at("caption");
  CHECK(text.find(' ') == std::string::npos);
  for (const auto& word : caption.at("words")) CHECK(text.find(word.get<std::string>()) != std::string::npos);
}
