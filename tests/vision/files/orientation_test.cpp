#include <map>
#include <string>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"

using namespace saccade;
using namespace saccade::test;

namespace {

constexpr int kWidth = 48, kHeight = 32;  // as stored

cv::Mat read_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "picture", bytes);
  return vision::read_image(folder / "picture");
}

/// The corners of a picture, clockwise from the top left, by the first letters of their colours.
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

/// Stored as red, green, blue, black. EXIF 2.32, tag 274: the number says which sides of the upright picture row 0 and
/// column 0 of the stored one are.
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
  const bool lying = orientation >= 5;
  CHECK(read.size() == (lying ? cv::Size(kHeight, kWidth) : cv::Size(kWidth, kHeight)));
  CHECK(corners(read) == kUpright.at(orientation));
}

}  // namespace

TEST_CASE("the EXIF orientation of a JPEG is obeyed, in either byte order") {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(jpeg_with_exif(jpeg, orientation, false), orientation);
    check_upright(jpeg_with_exif(jpeg, orientation, true), orientation);
  }
}

TEST_CASE("so is that of a PNG, also of one with transparency") {
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

TEST_CASE("so is that of a WebP") {
  const std::string webp = encode(".webp", corner_picture(kWidth, kHeight));
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(webp_with_exif(webp, orientation), orientation);
  }
}

TEST_CASE("so is that of a TIFF") {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    check_upright(tiff_file(corner_picture(kWidth, kHeight), orientation), orientation);
  }
}

TEST_CASE("an orientation that does not exist is taken for upright") {
  const std::string jpeg = encode(".jpg", corner_picture(kWidth, kHeight));
  CHECK(corners(read_bytes(jpeg_with_exif(jpeg, 0))) == "RGBk");
  CHECK(corners(read_bytes(jpeg_with_exif(jpeg, 9))) == "RGBk");
}

TEST_CASE("EXIF data that is damaged does not harm the picture") {
  const std::string jpeg = jpeg_with_exif(encode(".jpg", corner_picture(kWidth, kHeight)), 6);
  for (std::size_t at = 12; at < 38; ++at) {  // within the block
    std::string damaged = jpeg;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xFF);
    CHECK(read_bytes(damaged).total() == kWidth * kHeight);
  }
}
