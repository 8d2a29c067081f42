#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "models/checkpoint.hpp"
#include "tests/app/browser.hpp"
#include "tests/app/fixture.hpp"

// saccade caption --page: what stands in the page, and what a browser makes of it.

using namespace saccade;
using nlohmann::json;
using test::caption;
using test::check_refused;
using test::fixture;
namespace fs = std::filesystem;

namespace {

/// The photos that a page holds.
std::vector<json> photos_of(const std::string& page) {
  const std::string begin = "<script type=\"application/json\" class=\"photo\">";
  std::vector<json> photos;
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at)) {
    at += begin.size();
    photos.push_back(json::parse(page.substr(at, page.find("</script>", at) - at)));
  }
  return photos;
}

}  // namespace

TEST_CASE("a page contains all photos with words, probabilities, gates and maps") {
  const test::TemporaryFolder folder;
  const std::string file = (folder / "page.html").string();
  const auto outcome = caption({fixture().photos.string(), "--page", file, "--top", "3"});
  CHECK(outcome.status == 0);
  CHECK(outcome.lines().size() == 9);
  const auto photos = photos_of(read_file(file));
  REQUIRE(photos.size() == 3);
  CHECK(photos[1].at("name") == "1.png");
  REQUIRE(photos[1].at("captions").size() == 3);
  const json& best = photos[1].at("captions")[0];
  CHECK(best.at("words") == fixture().caption_of(fixture().photo(1)).words);
  CHECK(best.at("label") == "model, caption 1");
  CHECK(best.at("beta").size() == best.at("words").size());
  CHECK(best.at("alpha").get<std::string>().size() == (best.at("words").size() * 4 + 2) / 3 * 4);
  CHECK(photos[0].at("image").get<std::string>().find("data:image/jpeg;base64,/9j/") == 0);
}

TEST_CASE("a page compares the captions of two models, and samples by seed") {
  const test::TemporaryFolder folder;
  const std::string file = (folder / "page.html").string();
  REQUIRE(test::saccade({"caption", "--threads", "1", "--model", "hard", "--cell-selection", "sample", "--samples", "2",
                         "--seed", "7", "--compare", "soft", fixture().photo(0), "--page", file})
              .status == 0);
  const auto photos = photos_of(read_file(file));
  REQUIRE(photos.size() == 1);
  REQUIRE(photos[0].at("captions").size() == 3);
  CHECK(photos[0].at("captions")[1].at("label") == "hard, seed 8");
  CHECK(photos[0].at("captions")[1].at("cells").size() == photos[0].at("captions")[1].at("words").size());
  CHECK(photos[0].at("captions")[2].at("label") == "soft");
  CHECK(check_refused(caption({"--compare", "soft", fixture().photo(0)}), 2).find("--compare requires --page") !=
        std::string::npos);
}

TEST_CASE("each model on a page is searched by its own defaults unless the command says otherwise") {
  const test::TemporaryFolder folder;
  models::Captioner model = fixture().model;
  for (const double penalty : {0.0, 4.0}) {
    model.length_penalty = penalty;
    models::save_checkpoint(folder / fmt::format("{}.safetensors", penalty), model);
  }
  const auto words = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"caption", "--threads", "1", "--model", (folder / "4.safetensors").string()};
    arguments.insert(arguments.end(), {"--beside", (folder / "0.safetensors").string(), fixture().photo(0), "--page",
                                       (folder / "page.html").string()});
    arguments.insert(arguments.end(), more.begin(), more.end());
    REQUIRE(test::saccade(arguments).status == 0);
    std::vector<std::vector<std::string>> all;
    const auto photos = photos_of(read_file(folder / "page.html"));
    for (const auto& caption : photos[0].at("captions")) {
      all.push_back(caption.at("words").get<std::vector<std::string>>());
    }
    return all;
  };
  models::SearchOptions search;
  const auto of_penalty = [&](double penalty) {
    search.length_penalty = penalty;
    return fixture().caption_of(fixture().photo(0), search).words;
  };
  REQUIRE(of_penalty(0) != of_penalty(4));
  CHECK(words({}) == std::vector{of_penalty(4), of_penalty(0)});
  CHECK(words({"--length-penalty", "4"}) == std::vector{of_penalty(4), of_penalty(4)});
}

TEST_CASE("sampled cells of a hard model do not change the beam of a soft model on the same page") {
  const test::TemporaryFolder folder;
  const std::string file = (folder / "page.html").string();
  const fs::path hard = folder / "hard.safetensors";
  models::Captioner model = fixture().model;
  model.decoder = models::resized(*model.decoder, model.decoder->shape().grid);  // a copy
  model.decoder->set_attention("hard");
  models::save_checkpoint(hard, model);
  REQUIRE(test::saccade({"caption", "--threads", "1", "--model", hard.string(), "--cell", "sample", "--beside",
                         fixture().model_file.string(), fixture().photo(0), "--page", file})
              .status == 0);
  const auto photos = photos_of(read_file(file));
  const auto found = photos[0].at("captions")[1].at("words").get<std::vector<std::string>>();
  models::SearchOptions search;
  CHECK(found == fixture().caption_of(fixture().photo(0), search).words);
}

TEST_CASE("names are escaped in HTML, and a page makes no network requests") {
  const test::TemporaryFolder folder;
  const fs::path photo = folder / "<img src=x onerror=alert(1)>&\"'.png";
  fs::create_directories(folder / "<!--<script>");
  fs::copy_file(fixture().photo(0), photo);
  fs::copy_file(fixture().photo(0), folder / "<!--<script>" / "a.png");
  const std::string file = (folder / "page.html").string();
  REQUIRE(caption({photo.string(), (folder / "<!--<script>" / "a.png").string(), "--page", file}).status == 0);
  const std::string page = read_file(file);
  CHECK(page.find("<img src=x") == std::string::npos);
  CHECK(page.find("<!--<script>") == std::string::npos);
  CHECK(page.find("http://") == std::string::npos);
  CHECK(page.find("https://") == std::string::npos);
  CHECK(page.find("default-src 'none'") != std::string::npos);
  CHECK(photos_of(page).at(0).at("name") == photo.filename().string());
}

TEST_CASE("a page replaces only pages without --force") {
  const test::TemporaryFolder folder;
  const std::string file = (folder / "page.html").string();
  REQUIRE(caption({fixture().photo(0), "--page", file}).status == 0);
  CHECK(caption({fixture().photo(0), "--page", file}).status == 0);
  write_file(file, "<!doctype html>\nmine");
  CHECK(check_refused(caption({fixture().photo(0), "--page", file}), 1).find("was not written by this program") !=
        std::string::npos);
  CHECK(caption({fixture().photo(0), "--page", file, "--force"}).status == 0);
}

TEST_CASE("in a browser, words show maps and the photo shows words, by mouse and keyboard") {
  if (!test::have_browser()) return;
  const test::TemporaryFolder folder;
  REQUIRE(caption({fixture().photos.string(), "--page", (folder / "page.html").string(), "--top", "2"}).status == 0);
  const std::string dom = test::browse(read_file(folder / "page.html"), R"JS(
  check("index of three", all("#index a").length === 3);
  const search = document.getElementById("search");
  search.value = "1.png"; search.dispatchEvent(new Event("input"));
  check("search", all("#index a").length === 1);
  all("#index a")[0].click();
  check("two captions", await until(() => all("#cards section").length === 2));
  const canvas = all("canvas.picture")[0], plain = pixels(canvas), word = all(".word")[0];
  word.dispatchEvent(new PointerEvent("pointerenter", { pointerType: "mouse" }));
  check("word shows its map", pixels(canvas) !== plain && word.getAttribute("aria-current") === "true");
  const box = canvas.getBoundingClientRect();
  canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 5, clientY: box.top + 5 }));
  check("photo shows its words", all(".word").some(w => w.style.background.includes("color-mix")));
  press("Escape");
  check("let go", pixels(canvas) === plain);
  press("ArrowRight"); press("ArrowRight");
  check("keys step", all(".word[aria-current=true]").length > 0);
  press(" ");
  check("plays", document.getElementById("play").textContent === "Pause");
  press(" ");
  press("ArrowDown");
  check("next photo", await until(() => document.title === "2.png"));
)JS");
  CAPTURE(dom);
  CHECK(dom.find("SEEN ok") != std::string::npos);
  CHECK(dom.find("FAILED") == std::string::npos);
}

TEST_CASE("in a browser, a word's heads are shown one by one, and what is shown can be saved as a PNG") {
  if (!test::have_browser()) return;
  const test::TemporaryFolder folder;
  models::Captioner model = test::tiny_captioner({"a", "dog", "runs"}, 3);
  test::DecoderPlan plan = test::plan_with({{"weighting", "multi-head"}, {"alignment", "scaled-dot"}, {"heads", "3"}});
  plan.shape = {model.vocabulary.size(), model.encoder->annotation_width(), model.encoder->grid()};
  model.decoder = test::tiny_decoder(3, plan);
  test::set_output_bias(*model.decoder, Vocabulary::kEnd, -5);
  models::save_checkpoint(folder / "heads.safetensors", model);
  REQUIRE(test::saccade({"caption", "--threads", "1", "--model", (folder / "heads.safetensors").string(),
                         fixture().photo(0), "--page", (folder / "page.html").string()})
              .status == 0);
  const std::string dom = test::browse(read_file(folder / "page.html"), R"JS(
  check("card", await until(() => all(".word").length > 1));
  const box = all(".heads")[0], heads = document.getElementById("heads");
  check("no heads unless asked", box.hidden && !heads.hidden);
  heads.click();
  all(".word")[1].dispatchEvent(new PointerEvent("pointerenter", { pointerType: "mouse" }));
  check("three heads", !box.hidden && box.querySelectorAll("canvas").length === 3);
  check("which differ", new Set([...box.querySelectorAll("canvas")].map(pixels)).size === 3);
  check("with their names", box.querySelectorAll("figcaption")[2].textContent === "head 3");

  let name, picture;
  URL.createObjectURL = blob => { picture = blob; return "#"; };
  HTMLAnchorElement.prototype.click = function () { name = this.download; };
  all("button").find(button => button.textContent === "Download PNG").click();
  check("saved", await until(() => name !== undefined));
  check("under the photo's name", name === "0.png.caption.png");
  const bytes = new Uint8Array(await picture.arrayBuffer());
  check("as a PNG", picture.type === "image/png" && String.fromCharCode(...bytes.slice(1, 4)) === "PNG" && bytes.length > 1000);
)JS");
  CAPTURE(dom);
  CHECK(dom.find("SEEN ok") != std::string::npos);
  CHECK(dom.find("FAILED") == std::string::npos);
}
