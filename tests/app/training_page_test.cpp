#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/weights/safetensors.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/fixture.hpp"
#include "tests/models/published_weights.hpp"

// OUTPUT.html of saccade train: what stands in it, and what a browser makes of it.

using namespace saccade;
using nlohmann::json;
using test::check_refused;
namespace fs = std::filesystem;

namespace {

/// A training of six pictures, with boxes of the ball on two of them.
struct Training {
  test::TemporaryFolder folder;
  CaptionDataset images = test::write_pictures(folder / "images", 6);

  Training() {
    write_file(folder / "captions.txt", test::flickr_lines(images));
    write_file(folder / "train.txt", "0.png\n1.png\n2.png\n3.png\n");
    write_file(folder / "dev.txt", "4.png\n5.png\n");
    models::write_safetensors(folder / "lite0.safetensors", test::published_lite0(1), {});
    std::string lines;
    for (const auto& image : images) {
      const json phrase{{"first", 0}, {"last", image.captions[0].size() - 1}, {"entity", "1"}, {"types", {"scene"}}};
      const json caption{{"words", image.captions[0]}, {"phrases", json::array({phrase})}};
      lines += json{{"image", image.name},
                    {"width", 64},
                    {"height", 64},
                    {"boxes", {{"1", {{0, 0, 64, 64}}}}},
                    {"captions", json::array({caption})}}
                   .dump() +
               "\n";
    }
    write_file(folder / "boxes.jsonl", lines);
  }

  std::string path(const std::string& name) const { return (folder / name).string(); }
  std::string page() const { return read_file(folder / "model.html"); }

  test::Outcome run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> options{"--backbone",         "efficientnet-lite0",
                                     "--backbone-weights", path("lite0.safetensors"),
                                     "--stride",           "16",
                                     "--input-size",       "32",
                                     "--epochs",           "2"};
    options.insert(options.end(), more.begin(), more.end());
    return test::saccade(test::tiny_training(folder, "train.txt", "dev.txt", "model", options));
  }
};

/// What the page's script reads.
json data_of(const std::string& page, const std::string& kind) {
  const std::string begin = "<script type=\"application/json\" class=\"" + kind + "\">";
  const std::size_t at = page.find(begin);
  REQUIRE(at != std::string::npos);
  return json::parse(page.substr(at + begin.size(), page.find("</script>", at) - at - begin.size()));
}

}  // namespace

TEST_CASE("a training report has all evaluations, dev captions and settings") {
  const Training training;
  const auto outcome = training.run({"--fine-tune-epochs", "1", "--dev-boxes", training.path("boxes.jsonl")});
  CAPTURE(outcome.err);
  REQUIRE(outcome.status == 0);
  const std::string page = training.page();
  const json data = data_of(page, "training");
  CHECK(data.at("state") == "finished");
  REQUIRE(data.at("history").size() == 3);
  CHECK(data.at("history")[2].at("stage") == "fine-tuning");
  CHECK(data.at("history")[2].at("examples").size() == 2);
  CHECK(data.at("captions").size() == 2);
  CHECK(data.at("stages")[1] == json{{"name", "fine-tuning"}, {"epochs", 1}});
  CHECK(data_of(page, "photo").at("name") == "4.png");
  const auto& settings = data_of(page, "settings");
  CHECK(std::any_of(settings.begin(), settings.end(), [](const json& field) {
    return field.at("name") == "fine-tune-epochs" && field.at("value") == "1";
  }));
  CHECK(page.find("https://") == std::string::npos);
}

TEST_CASE("a training does not replace a page from another program") {
  const Training training;
  write_file(training.folder / "model.html", "mine");
  CHECK(check_refused(training.run(), 1).find("was not written by this program") != std::string::npos);
  CHECK(training.page() == "mine");
  CHECK(training.run({"--force"}).status == 0);
}

TEST_CASE("in a browser, a training report shows curves, epochs and words") {
  if (!test::have_browser()) return;
  const Training training;
  REQUIRE(training.run({"--fine-tune-epochs", "1"}).status == 0);
  const std::string dom = test::browse(training.page(), R"JS(
  check("six curves without boxes", all("svg").length === 6);
  check("two stages", all("svg")[0].querySelectorAll("polyline").length === 2);
  check("a table", all("#table tr").length === 4);
  check("two photos", await until(() => all("#photos canvas").length === 2 && all("#photos canvas")[0].width > 0));
  check("finished", document.getElementById("state").textContent.startsWith("finished"));
  const word = all(".word")[0];
  if (word) { word.dispatchEvent(new PointerEvent("pointerenter")); check("a word is shown", word.getAttribute("aria-current") === "true"); }
  press("ArrowLeft");
  check("keys step", document.getElementById("told").textContent.includes("epoch 2: frozen 2"));
)JS");
  CAPTURE(dom);
  CHECK(dom.find("SEEN ok") != std::string::npos);
  CHECK(dom.find("FAILED") == std::string::npos);
}
