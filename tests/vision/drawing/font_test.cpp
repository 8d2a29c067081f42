#include "vision/drawing/font.hpp"

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

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

/// Whether no ink touches the first and last row: nothing was cut off there.
bool room_above_and_below(const cv::Mat& image) {
  return ink(image.row(0)) == 0 && ink(image.row(image.rows - 1)) == 0;
}

}  // namespace

TEST_CASE("words of several alphabets are drawn whole") {
  for (const Font* font : {new Font(), new Font(kFont)}) {
    const std::unique_ptr<const Font> owner(font);
    for (const std::string word : {"dog", "jumping", "café", "naïve", "Ångström", "Жёлтый", "Ωμέγα", "()|{}[]ÄÉ@"}) {
      for (const int height : {9, 13, 20, 48}) {
        CAPTURE(word);
        CAPTURE(height);
        const cv::Mat drawn = font->render(word, height);
        REQUIRE(drawn.rows == Font::line_height(height));
        CHECK(ink(drawn) > height);
        CHECK(room_above_and_below(drawn));
      }
    }
  }
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

#ifdef SACCADE_HAVE_FREETYPE
TEST_CASE("a TrueType font has characters that the Hershey fonts lack") {
  const Font font(kFont);
  CHECK(cv::norm(font.render("é", 40), cv::NORM_L1) > 0);
  const cv::Mat plain = font.render("cafe", 40), accented = font.render("café", 40);
  CHECK(ink(accented) > ink(plain));
}
#endif

TEST_CASE("the Hershey fonts draw a question mark for each non-ASCII character") {
  const Font strokes;
  const cv::Mat drawn = strokes.render("caf\xC3\xA9", 20), expected = strokes.render("caf?", 20);
  REQUIRE(drawn.size() == expected.size());
  CHECK(cv::norm(drawn, expected) == 0);
}

TEST_CASE("empty, blank and invalid text is drawn as far as possible") {
  for (const Font* font : {new Font(), new Font(kFont)}) {
    const std::unique_ptr<const Font> owner(font);
    CHECK(ink(font->render("", 20)) == 0);
    CHECK(ink(font->render("   ", 20)) == 0);
    CHECK(ink(font->render("\n\t", 20)) == 0);
    CHECK_FALSE(font->render("broken \xFF\xC3", 20).empty());
  }
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
#ifdef SACCADE_HAVE_FREETYPE
  write_file(folder / "text.ttf", "not a font");
  CHECK_THROWS_WITH_AS(
      Font(folder / "text.ttf"),
      ((folder / "text.ttf").string() + ": not a font that can be read (TrueType or OpenType)").c_str(), Error);
#endif
}
