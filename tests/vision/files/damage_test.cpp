#include <algorithm>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"
#include "vision/files/quiet_call.hpp"

using namespace saccade;
using namespace saccade::test;
using namespace std::string_literals;

namespace {

/// Writes a file without the fsync of write_file, which would be slow for thousands of temporary files.
void write_without_sync(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// Returns whether bytes are decoded as a complete picture. An Error is the only permitted failure.
bool accepted(const std::string& bytes, const TemporaryFolder& folder) {
  write_without_sync(folder / "picture", bytes);
  try {
    return !vision::read_image(folder / "picture").empty();
  } catch (const Error&) {
    return false;
  }
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  write_without_sync(folder / "picture", bytes);
  try {
    vision::read_image(folder / "picture");
  } catch (const Error& error) {
    return std::string(error.what()).substr((folder / "picture").string().size() + 2);
  }
  return "";
}

std::string progressive_jpeg(const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", image, bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  return {bytes.begin(), bytes.end()};
}

std::string jpeg_with_restarts(const cv::Mat& image) {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", image, bytes, {cv::IMWRITE_JPEG_RST_INTERVAL, 2});
  return {bytes.begin(), bytes.end()};
}

struct Sample {
  std::string name;
  std::string bytes;
};

std::vector<Sample> samples() {
  const cv::Mat picture = corner_picture(45, 34);
  cv::Mat transparent(picture.size(), CV_8UC4, cv::Scalar::all(99));
  cv::mixChannels({picture}, {transparent}, {0, 0, 1, 1, 2, 2});
  return {{"JPEG", encode(".jpg", picture)},
          {"progressive JPEG", progressive_jpeg(picture)},
          {"JPEG with restarts", jpeg_with_restarts(picture)},
          {"JPEG with EXIF data", jpeg_with_exif(encode(".jpg", picture), 6)},
          {"PNG", encode(".png", picture)},
          {"transparent PNG", encode(".png", transparent)},
          {"WebP", encode(".webp", picture)},
          {"transparent WebP", encode(".webp", transparent)},
          {"WebP with EXIF data", webp_with_exif(encode(".webp", picture), 3)},
          {"BMP", encode(".bmp", picture)},
          {"TIFF", encode(".tiff", picture)},
          {"uncompressed TIFF", tiff_file(picture, 1)},
          {"GIF", gif_file(cv::Mat(31, 29, CV_8UC1, cv::Scalar(7)))},
          {"HEIC", sample_file("corner.heic")},
          {"AVIF", sample_file("corner.avif")}};
}

}  // namespace

TEST_CASE("a truncated file is never accepted") {
  const TemporaryFolder folder;
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    REQUIRE(accepted(sample.bytes, folder));
    const std::size_t size = sample.bytes.size();
    const std::size_t step = std::max<std::size_t>(1, size / 120);
    std::vector<std::size_t> lengths{size - 1, size - 2, size - 3, size - 5, size - 9};
    for (std::size_t length = 1; length < size; length += step) lengths.push_back(length);
    for (const std::size_t length : lengths) {
      CAPTURE(length);
      CHECK_FALSE(accepted(sample.bytes.substr(0, length), folder));
    }
  }
}

TEST_CASE("the error says that the file is truncated") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    const std::string message = error_of(sample.bytes.substr(0, sample.bytes.size() * 2 / 3));
    CHECK(message.find("file is truncated: its end is missing") != std::string::npos);
  }
}

TEST_CASE("a JPEG is truncated even if its thumbnail contains an end-of-image marker") {
  const std::string jpeg = encode(".jpg", corner_picture(64, 48));
  const std::string thumbnail = "Exif\0\0"s + exif_block(1, false) + encode(".jpg", corner_picture(12, 9));
  const std::string with = jpeg.substr(0, 2) + "\xFF\xE1"s + big(thumbnail.size() + 2, 2) + thumbnail + jpeg.substr(2);
  const TemporaryFolder folder;
  CHECK(accepted(with, folder));
  CHECK_FALSE(accepted(with.substr(0, with.size() - 2), folder));
  CHECK_FALSE(accepted(with.substr(0, with.size() - 200), folder));
}

TEST_CASE("a JPEG that ends before its last row is refused") {
  const std::string jpeg = encode(".jpg", corner_picture(64, 48));
  const std::string message = error_of(jpeg.substr(0, jpeg.size() - 300) + "\xFF\xD9");
  CHECK(message == "the JPEG file is damaged, or of a kind that cannot be decoded");
}

TEST_CASE("bytes after the end of an image are ignored") {
  const TemporaryFolder folder;
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    CHECK(accepted(sample.bytes + "trailing bytes\xFF\xD8\xFF\xE0", folder));
    CHECK(accepted(sample.bytes + std::string(4096, '\0'), folder));
  }
}

TEST_CASE("random damage gives an image or an Error, never a crash") {
  const TemporaryFolder folder;
  std::mt19937 random(7);
  for (const Sample& sample : samples()) {
    CAPTURE(sample.name);
    for (int round = 0; round < 150; ++round) {
      std::string bytes = sample.bytes;
      const std::size_t flips = 1 + random() % 8;
      // Half of the rounds change the headers, which contain lengths and sizes.
      const std::size_t reach = round % 2 == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 200);
      for (std::size_t i = 0; i < flips; ++i) bytes[random() % reach] = static_cast<char>(random());
      accepted(bytes, folder);
    }
  }
}

TEST_CASE("messages of decoders do not reach standard error") {
  std::string jpeg = encode(".jpg", corner_picture(64, 48));
  for (std::size_t at = jpeg.size() / 2; at < jpeg.size() - 20; at += 7) jpeg[at] = 'x';
  const TemporaryFolder folder;
  const std::string printed = vision::call_quietly([&] { accepted(jpeg, folder); });
  CHECK(printed.empty());
}

TEST_CASE("quiet_call returns the captured output and rethrows exceptions") {
  CHECK(vision::call_quietly([] { std::fputs("message", stderr); }) == "message");
  CHECK(vision::call_quietly([] {}).empty());
  CHECK_THROWS_WITH_AS(vision::call_quietly([] { throw Error("a reason"); }), "a reason", Error);
}
