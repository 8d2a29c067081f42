#include <array>
#include <cstdint>
#include <lcms2.h>
#include <string>
#include <vector>
#include <zlib.h>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "vision/files/image.hpp"

// Profiles are made here and embedded in files that OpenCV wrote without one.

using namespace saccade;

namespace {

using Color = std::array<int, 3>;  // red, green, blue

/// The bytes of a profile, which is closed.
std::string bytes_of(cmsHPROFILE profile) {
  cmsUInt32Number size = 0;
  REQUIRE(cmsSaveProfileToMem(profile, nullptr, &size));
  std::string bytes(size, '\0');
  REQUIRE(cmsSaveProfileToMem(profile, bytes.data(), &size));
  cmsCloseProfile(profile);
  return bytes;
}

/// Of x and y of red, green and blue, with a white point of D65.
std::string rgb_profile(const std::array<double, 6>& primaries, double gamma) {
  const cmsCIExyY white{0.3127, 0.3290, 1};
  const cmsCIExyYTRIPLE triple{
      {primaries[0], primaries[1], 1}, {primaries[2], primaries[3], 1}, {primaries[4], primaries[5], 1}};
  cmsToneCurve* const curve = cmsBuildGamma(nullptr, gamma);
  cmsToneCurve* const curves[] = {curve, curve, curve};
  const std::string bytes = bytes_of(cmsCreateRGBProfile(&white, &triple, curves));
  cmsFreeToneCurve(curve);
  return bytes;
}

std::string wide_profile() {  // the primaries of Adobe RGB (1998)
  return rgb_profile({0.64, 0.33, 0.21, 0.71, 0.15, 0.06}, 2.19921875);
}

std::string gray_profile(double gamma) {
  cmsToneCurve* const curve = cmsBuildGamma(nullptr, gamma);
  const std::string bytes = bytes_of(cmsCreateGrayProfile(cmsD50_xyY(), curve));
  cmsFreeToneCurve(curve);
  return bytes;
}

std::string big_endian(std::uint32_t number) {
  return {static_cast<char>(number >> 24), static_cast<char>(number >> 16), static_cast<char>(number >> 8),
          static_cast<char>(number)};
}

std::string encoded(const char* suffix, const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  REQUIRE(cv::imencode(suffix, image, bytes, {cv::IMWRITE_JPEG_QUALITY, 100}));
  return {bytes.begin(), bytes.end()};
}

std::string png_with(const cv::Mat& image, const std::string& profile) {
  std::string file = encoded(".png", image);
  uLongf size = compressBound(profile.size());
  std::string compressed(size, '\0');
  REQUIRE(compress(reinterpret_cast<Bytef*>(compressed.data()), &size, reinterpret_cast<const Bytef*>(profile.data()),
                   profile.size()) == Z_OK);
  const std::string name_and_method("p\0\0", 3);
  const std::string body = "iCCP" + name_and_method + compressed.substr(0, size);
  const auto checksum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
  constexpr std::size_t kAfterHeader = 8 + 25;
  return file.insert(kAfterHeader,
                     big_endian(static_cast<std::uint32_t>(body.size() - 4)) + body + big_endian(checksum));
}

std::string jpeg_with(const cv::Mat& image, const std::string& profile) {
  std::string file = encoded(".jpg", image);
  const std::string body = std::string("ICC_PROFILE\0\1\1", 14) + profile;
  return file.insert(2, "\xFF\xE2" + big_endian(static_cast<std::uint32_t>(body.size() + 2)).substr(2) + body);
}

cv::Mat plain(const Color& color) {
  return {16, 16, CV_8UC3, cv::Scalar(color[2], color[1], color[0])};
}

Color color_of(const std::string& file) {
  const auto pixel = vision::decode_image(file, "photo").at<cv::Vec3b>(8, 8);
  return {pixel[2], pixel[1], pixel[0]};
}

void check_near(const Color& found, const Color& expected, int tolerance) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    CAPTURE(channel);
    CHECK(std::abs(found[channel] - expected[channel]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("colors of an embedded profile become sRGB, in PNG and JPEG") {
  const std::string profile = wide_profile();
  // By hand: linear light = value ^ 2.19921875; XYZ by the primaries; sRGB's matrix and curve. Adobe RGB (100, 150, 50)
  // is sRGB (66, 151, 34), and its gray stays gray.
  const Color wide{100, 150, 50}, narrow{66, 151, 34};
  check_near(color_of(png_with(plain(wide), profile)), narrow, 3);
  check_near(color_of(jpeg_with(plain(wide), profile)), narrow, 5);  // JPEG itself is off by a level or two
  check_near(color_of(png_with(plain({128, 128, 128}), profile)), {128, 128, 128}, 2);
}

TEST_CASE("colors without a profile, or with the profile of sRGB, stay as they are") {
  const Color color{200, 100, 30};
  check_near(color_of(encoded(".png", plain(color))), color, 0);
  check_near(color_of(png_with(plain(color), bytes_of(cmsCreate_sRGBProfile()))), color, 0);
}

TEST_CASE("a gray profile converts gray pictures") {
  // Linear gray 55 of 255 is 0.2157 of the light, which sRGB writes as 128.
  const cv::Mat gray(16, 16, CV_8UC1, cv::Scalar(55));
  check_near(color_of(png_with(gray, gray_profile(1.0))), {128, 128, 128}, 3);
}

TEST_CASE("a broken profile counts as sRGB") {
  const Color color{100, 150, 50};
  check_near(color_of(png_with(plain(color), "no profile at all")), color, 0);
  check_near(color_of(jpeg_with(plain(color), wide_profile().substr(0, 200))), color, 3);
}
