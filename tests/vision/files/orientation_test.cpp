#include <map>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"

using namespace saccade;
using namespace saccade::test;
using namespace std::string_literals;

namespace {

constexpr int kWidth = 48, kHeight = 32;  // stored size

cv::Mat read_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "picture", bytes);
  return vision::read_image(folder / "picture");
}

/// The corners of a picture, clockwise from the top left, as the first letters of their colors (k is black).
std::string corners(const cv::Mat& image) {
  std::string letters;
  const int right = image.cols - 4, bottom = image.rows - 4;
  for (const cv::Point corner :
       {cv::Point(3, 3), cv::Point(right, 3), cv::Point(right, bottom), cv::Point(3, bottom)}) {
    const auto& pixel = image.at<cv::Vec3b>(corner);
    letters += pixel[2] > 200 ? 'R' : pixel[1] > 200 ? 'G' : pixel[0] > 200 ? 'B' : 'k';
  }
  return letters;
}

/// The upright corners of a picture stored as red, green, blue, black. In EXIF 2.32, tag 274, the value gives the sides
/// of the upright picture on which row 0 and column 0 of the stored picture are.
const std::map<int, std::string> kUpright{
    {1, "RGBk"},  // top, left
    {2, "GRkB"},  // top, right
    {3, "BkRG"},  // bottom, right
    {4, "kBGR"},  // bottom, left
    {5, "RkBG"},  // left, top
    {6, "kRGB"},  // right, top
    {7, "BGRk"},  // right, bottom
    {8, "GBkR"},  // left, bottom
};

void check_upright(const std::string& bytes, int orientation) {
  CAPTURE(orientation);
  const cv::Mat read = read_bytes(bytes);
  const bool transposed = orientation >= 5;
  CHECK(read.size() == (transposed ? cv::Size(kHeight, kWidth) : cv::Size(kWidth, kHeight)));
  CHECK(corners(read) == kUpright.at(orientation));
}

/// A JPEG with these segments (marker and data) after its start.
std::string with_segments(const std::vector<std::pair<int, std::string>>& segments) {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  std::string file = jpeg.substr(0, 2);
  for (const auto& [marker, data] : segments) {
    file += '\xFF';
    file += static_cast<char>(marker);
    file += big(data.size() + 2, 2) + data;
  }
  return file + jpeg.substr(2);
}

/// An Exif block whose directory has these entries of tag, type and value. A second directory has the entries of the
/// thumbnail.
struct Entry {
  std::uint64_t tag, type, value;
};
std::string exif_of(const std::vector<Entry>& entries, bool big_endian, const std::vector<Entry>& thumbnail = {}) {
  const auto number = [&](std::uint64_t value, int width) {
    return big_endian ? big(value, width) : little(value, width);
  };
  const auto directory = [&](const std::vector<Entry>& of, std::uint64_t next) {
    std::string bytes = number(of.size(), 2);
    for (const Entry& entry : of) {
      bytes += number(entry.tag, 2) + number(entry.type, 2) + number(1, 4);
      bytes += entry.type == 3 ? number(entry.value, 2) + number(0, 2) : number(entry.value, 4);
    }
    return bytes + number(next, 4);
  };
  const std::string header = (big_endian ? "MM"s : "II"s) + number(42, 2) + number(8, 4);
  const std::uint64_t second = 8 + 2 + 12 * entries.size() + 4;
  return header + directory(entries, thumbnail.empty() ? 0 : second) +
         (thumbnail.empty() ? "" : directory(thumbnail, 0));
}

constexpr std::uint64_t kOrientation = 274, kShort = 3, kLong = 4;
constexpr int kApp0 = 0xE0, kApp1 = 0xE1, kApp2 = 0xE2, kComment = 0xFE;
const std::string kExif = "Exif\0\0"s;

}  // namespace

TEST_CASE("a JPEG is rotated upright according to its Exif orientation, in either byte order") {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(jpeg_with_exif(jpeg, orientation, false), orientation);
    check_upright(jpeg_with_exif(jpeg, orientation, true), orientation);
  }
}

TEST_CASE("a PNG is rotated upright, with and without transparency") {
  cv::Mat picture = corner_picture(kWidth, kHeight);
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(png_with_exif(encode(".png", picture), orientation), orientation);
  }
  cv::Mat transparent(picture.size(), CV_8UC4, cv::Scalar::all(255));
  cv::mixChannels({picture}, {transparent}, {0, 0, 1, 1, 2, 2});
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(png_with_exif(encode(".png", transparent), orientation), orientation);
  }
}

TEST_CASE("a WebP is rotated upright") {
  const std::string webp = encode(".webp", corner_picture(kWidth, kHeight));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(webp_with_exif(webp, orientation), orientation);
  }
}

TEST_CASE("a TIFF is rotated upright") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(tiff_file(corner_picture(kWidth, kHeight), orientation), orientation);
  }
}

TEST_CASE("an image with an invalid orientation is not rotated") {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  CHECK(corners(read_bytes(jpeg_with_exif(jpeg, 0))) == "RGBk");
  CHECK(corners(read_bytes(jpeg_with_exif(jpeg, 9))) == "RGBk");
}

TEST_CASE("damaged Exif data does not affect the pixels") {
  const std::string jpeg = jpeg_with_exif(encode(".jpg", corner_picture(kWidth, kHeight)), 6);
  for (std::size_t at = 12; at < 38; ++at) {  // offsets within the block
    std::string damaged = jpeg;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
    CHECK(read_bytes(damaged).total() == kWidth * kHeight);
  }
}

TEST_CASE("the first Exif orientation of a JPEG is used") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool order : {false, true}) {
      const std::string first = kExif + exif_block(orientation, order);
      const std::string other = kExif + exif_block(orientation % 8 + 1, !order);
      const std::string without = kExif + exif_of({{296, kShort, 2}}, order);
      check_upright(with_segments({{kApp1, first}, {kApp1, other}}), orientation);
      check_upright(with_segments({{kApp1, first}, {kApp1, without}}), orientation);
      check_upright(with_segments({{kApp1, without}, {kApp1, first}, {kApp1, other}}), orientation);
      check_upright(with_segments({{kApp1, kExif + exif_block(9, order)}, {kApp1, first}}), orientation);
    }
  }
}

TEST_CASE("Exif data in several segments is read as one block") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool order : {false, true}) {
      const std::string block =
          exif_of({{271, kLong, 7}, {kOrientation, kShort, static_cast<std::uint64_t>(orientation)}}, order);
      for (const std::size_t cut : {8UL, 10UL, 30UL}) {  // before, within and after the entries
        check_upright(with_segments({{kApp1, kExif + block.substr(0, cut)}, {kApp1, kExif + block.substr(cut)}}),
                      orientation);
      }
      const std::string filler(65000, 'x');
      check_upright(with_segments({{kApp1, kExif + block + filler}, {kApp1, kExif + filler}}), orientation);
    }
  }
}

TEST_CASE("Exif data that is truncated after its entries still has an orientation") {
  const std::string block = exif_of({{kOrientation, kShort, 6}, {296, kShort, 2}, {305, kLong, 1}}, true);
  for (const std::size_t length : {block.size() - 2, block.size() - 4, block.size() - 10, std::size_t{22}}) {
    CAPTURE(length);
    const std::string cut = block.substr(0, length);
    check_upright(with_segments({{kApp1, kExif + cut}}), 6);
    const std::string png = encode(".png", corner_picture(kWidth, kHeight));
    check_upright(png.substr(0, 33) + png_chunk("eXIf", cut) + png.substr(33), 6);
  }
  const std::string before_the_value = block.substr(0, 20);
  check_upright(with_segments({{kApp1, kExif + before_the_value}}), 1);
}

TEST_CASE("Exif is found after other segments, padding and unusual identifiers") {
  const std::string xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta tiff:Orientation=\"3\"/>"s;
  const std::string icc = "ICC_PROFILE\0\x01\x01not a profile"s, comment = "Exif\0\0MM"s;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool order : {false, true}) {
      const std::string block = exif_block(orientation, order);
      const std::string exif = kExif + block;
      check_upright(with_segments({{kApp0, "JFIF\0\1\1\0\0\1\0\1\0\0"s}, {kApp1, xmp}, {kApp1, exif}}), orientation);
      check_upright(with_segments({{kApp1, exif}, {kApp1, xmp}}), orientation);
      check_upright(with_segments({{kComment, comment}, {kApp2, "FPXR\0"s}, {kApp1, exif}}), orientation);
      check_upright(with_segments({{kApp1, exif + std::string(3000, '\0')}}), orientation);
      check_upright(with_segments({{kApp1, "exif\0\xFF"s + block}}), orientation);
      check_upright(with_segments({{kApp1, "\xFF\xE1\0\x22"s + exif}}), orientation);
      std::string padded = with_segments({{kApp1, exif}});
      padded.insert(2, 5, '\xFF');
      check_upright(padded, orientation);
    }
  }
}

TEST_CASE("the orientation of the thumbnail is ignored") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const auto value = static_cast<std::uint64_t>(orientation), other = value % 8 + 1;
    for (const bool order : {false, true}) {
      for (const std::uint64_t type : {kShort, kLong}) {
        const std::string block = exif_of({{kOrientation, type, value}}, order, {{kOrientation, kShort, other}});
        check_upright(with_segments({{kApp1, kExif + block}}), orientation);
      }
      check_upright(
          with_segments({{kApp1, kExif + exif_of({{296, kShort, 2}}, order, {{kOrientation, kShort, other}})}}), 1);
    }
  }
}

TEST_CASE("the first Exif chunk of a PNG or WebP is used, with or without an identifier") {
  const std::string png = encode(".png", corner_picture(kWidth, kHeight));
  const std::string webp = encode(".webp", corner_picture(kWidth, kHeight));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const std::string& identifier : {""s, kExif}) {
      const std::string first = identifier + exif_block(orientation, true), other = exif_block(3, false);
      const std::string chunks = png_chunk("eXIf", first) + png_chunk("eXIf", other);
      check_upright(png.substr(0, 33) + chunks + png.substr(33), orientation);
      check_upright(png.substr(0, png.size() - 12) + chunks + png.substr(png.size() - 12), orientation);
    }
    std::string two = webp_with_exif(webp, orientation);
    const std::string other = exif_block(5, false);
    two += "EXIF" + little(other.size(), 4) + other;
    two.replace(4, 4, little(two.size() - 8, 4));
    check_upright(two, orientation);
  }
}

TEST_CASE("the container, not Exif, determines the orientation of HEIC and AVIF") {
  const cv::Mat picture = corner_picture(kWidth, kHeight);
  for (const bool avif : {false, true}) {
    CAPTURE(avif);
    for (int orientation = 1; orientation <= 8; ++orientation) {
      HeifOptions options;
      options.avif = avif;
      options.orientation = orientation;
      check_upright(heif_file(picture, options), orientation);
      for (const int other : {orientation, orientation % 8 + 1}) {
        options.exif = exif_block(other, other % 2 == 0);
        check_upright(heif_file(picture, options), orientation);
      }
    }
  }
}

TEST_CASE("an Exif block has the same effect in JPEG, PNG and WebP") {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  const std::string png = encode(".png", corner_picture(kWidth, kHeight));
  const std::string webp = webp_with_exif(encode(".webp", corner_picture(kWidth, kHeight)), 1);
  const std::size_t before = webp.size() - 8 - exif_block(1, false).size();
  const auto check_all = [&](const std::string& block, int orientation) {
    check_upright(with_segments({{kApp1, kExif + block}}), orientation);
    check_upright(png.substr(0, 33) + png_chunk("eXIf", block) + png.substr(33), orientation);
    std::string file = webp.substr(0, before) + "EXIF" + little(block.size(), 4) + block;
    if (block.size() % 2 == 1) file += '\0';
    file.replace(4, 4, little(file.size() - 8, 4));
    check_upright(file, orientation);
  };
  for (std::uint64_t orientation = 1; orientation <= 8; ++orientation) {
    const auto expected = static_cast<int>(orientation);
    for (const bool order : {false, true}) {
      CAPTURE(order);
      const Entry right{kOrientation, kShort, orientation};
      check_all(exif_of({right}, order), expected);
      check_all(exif_of({{kOrientation, kLong, orientation}}, order), expected);
      check_all(exif_of({{271, kLong, 7}, right, {296, kShort, 2}}, order), expected);
      check_all(exif_of({right}, order, {{kOrientation, kShort, orientation % 8 + 1}}), expected);
      check_all(exif_of({{296, kShort, 2}}, order, {right}), 1);  // only in the directory of the thumbnail
      check_all(exif_of({right, {296, kShort, 2}}, order).substr(0, 22), expected);  // truncated after the entry
      check_all(exif_of({{kOrientation, kShort, orientation + 8}}, order), 1);
      check_all(exif_of({{kOrientation, kShort, 0}}, order), 1);
      check_all(exif_of({{kOrientation, 2, orientation}}, order), 1);  // the type is text
    }
  }
}

TEST_CASE("the orientation of a TIFF is read with either number type") {
  for (int orientation = 0; orientation <= 9; ++orientation) {
    std::string file = tiff_file(corner_picture(kWidth, kHeight), orientation);
    const std::string entry = little(274, 2) + little(3, 2);
    const std::size_t at = file.rfind(entry);
    REQUIRE(at != std::string::npos);
    const int expected = orientation >= 1 && orientation <= 8 ? orientation : 1;
    check_upright(file, expected);
    file.replace(at + 2, 2, little(4, 2));
    check_upright(file, expected);
  }
}
