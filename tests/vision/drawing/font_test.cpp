#include "vision/drawing/font.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgproc.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"

using namespace saccade;
using vision::fit_text;
using vision::Font;

namespace {

const std::filesystem::path kFont = std::filesystem::path(SACCADE_ASSETS) / "fonts" / "DejaVuSans.ttf";

cv::Mat ink_of(const cv::Mat& image) {
  cv::Mat gray;
  cv::cvtColor(image, gray, cv::COLOR_BGR2GRAY);
  return gray < 200;
}

int ink(const cv::Mat& image) {
  return cv::countNonZero(ink_of(image));
}

/// Returns whether the first and last row are empty, that is, whether the text is complete.
bool room_above_and_below(const cv::Mat& image) {
  return ink(image.row(0)) == 0 && ink(image.row(image.rows - 1)) == 0;
}

int differing_ink(const cv::Mat& one, const cv::Mat& other) {
  return one.size() == other.size() ? cv::countNonZero(ink_of(one) != ink_of(other)) : std::max(ink(one), ink(other));
}

/// Makes only these folders of /usr/share/fonts visible as system fonts.
class Fontconfig {
 public:
  explicit Fontconfig(const std::vector<std::string>& folders) {
    std::string text = "<?xml version=\"1.0\"?><fontconfig><cachedir>" + folder_.path().string() + "</cachedir>";
    for (const std::string& name : folders) {
      const std::string fonts = "/usr/share/fonts/" + name;
      REQUIRE_MESSAGE(std::filesystem::is_directory(fonts), fonts << ": run scripts/setup, which installs it");
      text += "<dir>" + fonts + "</dir>";
    }
    write_file(folder_ / "fonts.conf", text + "</fontconfig>");
    ::setenv("FONTCONFIG_FILE", (folder_ / "fonts.conf").c_str(), 1);
  }
  ~Fontconfig() { ::unsetenv("FONTCONFIG_FILE"); }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace

TEST_CASE("words of several alphabets are drawn completely") {
  const Font font(kFont);
  for (const std::string word : {"dog", "jumping", "café", "naïve", "Ångström", "Жёлтый", "Ωμέγα", "()|{}[]ÄÉ@"}) {
    for (const int height : {9, 13, 20, 48}) {
      CAPTURE(word);
      CAPTURE(height);
      const cv::Mat drawn = font.render(word, height);
      REQUIRE(drawn.rows == Font::line_height(height));
      CHECK(ink(drawn) > height);
      CHECK(room_above_and_below(drawn));
    }
  }
  CHECK(font.missing().empty());
}

TEST_CASE("letters share a baseline") {
  const Font font(kFont);
  for (const std::string word : {"x", "h", "mixed"}) {
    cv::Mat rows;
    cv::reduce(ink_of(font.render(word, 24)), rows, 1, cv::REDUCE_MAX);
    int lowest = 0;
    for (int row = 0; row < rows.rows; ++row) lowest = rows.at<unsigned char>(row) != 0 ? row : lowest;
    CHECK(std::abs(lowest - Font::ascent(24)) <= 1);
  }
}

TEST_CASE("accents are drawn") {
  const Font font(kFont);
  const cv::Mat plain = font.render("cafe", 40), composed = font.render("café", 40),
                decomposed = font.render("cafe\u0301", 40);
  CHECK(ink(composed) > ink(plain));
  REQUIRE(decomposed.size() == composed.size());
  CHECK(cv::norm(decomposed, composed) == 0);
}

TEST_CASE("empty, blank and invalid text is drawn as far as possible") {
  const Font font(kFont);
  CHECK(ink(font.render("", 20)) == 0);
  CHECK(ink(font.render("   ", 20)) == 0);
  CHECK(ink(font.render("\n\t", 20)) == 0);
  CHECK_FALSE(font.render("broken \xFF\xC3", 20).empty());
}

TEST_CASE("right-to-left text is drawn from the right, with joined Arabic letters") {
  const Font font(kFont);
  const cv::Mat aleph = font.render("א", 40), bet = font.render("ב", 40), both = font.render("אב", 40);
  CHECK(cv::norm(both.colRange(0, bet.cols), bet, cv::NORM_INF) < 100);
  CHECK(cv::norm(both.colRange(both.cols - aleph.cols, both.cols), aleph, cv::NORM_INF) < 100);
  const cv::Mat joined = font.render("بب", 40), apart = font.render("ب\u200Cب", 40);
  CHECK(joined.cols < apart.cols);
  CHECK(font.missing().empty());
}

TEST_CASE("system fonts draw the characters that the given font lacks") {
  const Fontconfig system({"truetype/lohit-devanagari", "truetype/wqy"});
  const Font font(kFont);
  for (const std::string word : {"कुत्ता", "स्त्री", "狗", "一只狗在草地上", "한국", "dog狗", "कdogक"}) {
    for (const int height : {9, 20, 48}) {
      CAPTURE(word);
      CAPTURE(height);
      const cv::Mat drawn = font.render(word, height);
      REQUIRE(drawn.rows == Font::line_height(height));
      CHECK(ink(drawn) > height);
      CHECK(room_above_and_below(drawn));
    }
  }
  CHECK(font.missing().empty());
  CHECK(differing_ink(font.render("狗", 40), font.render("猫", 40)) > 50);
  CHECK(differing_ink(font.render("dog", 40), Font(kFont).render("dog", 40)) == 0);
}

TEST_CASE("Devanagari is shaped: vowel signs are reordered and consonants are joined") {
  const Fontconfig system({"truetype/lohit-devanagari"});
  const Font font(kFont);
  // The vowel sign i follows its consonant in the text but is drawn before it.
  const cv::Mat ka = font.render("क", 60), ki = font.render("कि", 60);
  REQUIRE(ki.cols > ka.cols);
  const cv::Mat right = ki.colRange(ki.cols - ka.cols, ki.cols);
  const int half = Font::ascent(60) / 2 + 5;  // below the bar, where the sign does not overlap its consonant
  CHECK(ink(right.rowRange(half, ki.rows)) == doctest::Approx(ink(ka.rowRange(half, ka.rows))).epsilon(0.1));
  // A virama joins two consonants unless a non-joiner follows.
  CHECK(font.render("क्ष", 60).cols < font.render("क्\u200Cष", 60).cols);
  CHECK(font.missing().empty());
}

TEST_CASE("characters that are missing in all fonts are listed once, in order") {
  const Fontconfig system({});
  const Font font(kFont);
  CHECK(ink(font.render("狗 dog 猫", 20)) > 20);
  font.render("狗\u200D\uFE0F", 20);  // joiners and variation selectors need no glyph
  CHECK(font.missing() == U"狗猫");
}

TEST_CASE("a long word is drawn smaller or wrapped, never clipped") {
  const Font font(kFont);
  const cv::Mat word = fit_text(font, "dog", 120, 20, 9);
  CHECK(word.size() == cv::Size(120, Font::line_height(20)));
  CHECK(ink(word) == ink(font.render("dog", 20)));

  const cv::Mat smaller = fit_text(font, "incomprehensibility", 120, 20, 9);
  CHECK(smaller.size() == cv::Size(120, Font::line_height(20)));
  CHECK(ink(smaller) > 100);

  const std::string endless(120, 'w');
  const cv::Mat broken = fit_text(font, endless, 120, 20, 9);
  CHECK(broken.cols == 120);
  CHECK(broken.rows > 5 * Font::line_height(20));
  CHECK(ink(broken) == doctest::Approx(ink(font.render(endless, 9))).epsilon(0.1));

  CHECK_FALSE(fit_text(font, "ww", 3, 20, 9).empty());
}

TEST_CASE("a font that cannot be read is refused") {
  const test::TemporaryFolder folder;
  CHECK_THROWS_WITH_AS(Font(folder / "absent.ttf"),
                       ((folder / "absent.ttf").string() + ": there is no such font file").c_str(), Error);
  CHECK_THROWS_AS(Font(folder.path()), Error);
  write_file(folder / "text.ttf", "not a font");
  CHECK_THROWS_WITH_AS(
      Font(folder / "text.ttf"),
      ((folder / "text.ttf").string() + ": not a font that can be read (TrueType or OpenType)").c_str(), Error);
}
