#include "vision/files/image.hpp"

#include <string>
#include <unistd.h>
#include <vector>

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <sys/stat.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"

using namespace saccade;
using namespace saccade::test;
using namespace std::string_literals;
using vision::read_image;

namespace {

cv::Mat read_bytes(const std::string& bytes, const std::string& name = "picture") {
  const TemporaryFolder folder;
  write_file(folder / name, bytes);
  return read_image(folder / name);
}

/// The message of read_image for a path, without the path itself.
std::string error_of_path(const std::filesystem::path& path) {
  try {
    read_image(path);
  } catch (const Error& error) {
    const std::string message = error.what();
    REQUIRE(message.rfind(path.string() + ": ", 0) == 0);
    return message.substr(path.string().size() + 2);
  }
  return "";
}

std::string error_of(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "picture", bytes);
  return error_of_path(folder / "picture");
}

cv::Mat pixel_of(const cv::Scalar& value, int type) {
  return cv::Mat(9, 11, type, value);
}

}  // namespace

TEST_CASE("pictures of every format are read as 8-bit BGR in their original size") {
  const cv::Mat picture = corner_picture(37, 23);
  for (const std::string format : {".png", ".webp", ".bmp", ".tiff", ".jpg"}) {
    CAPTURE(format);
    const cv::Mat read = read_bytes(encode(format, picture));
    REQUIRE(read.size() == cv::Size(37, 23));
    REQUIRE(read.type() == CV_8UC3);
    if (format != ".jpg") CHECK(largest_difference(read, picture) == 0);
    CHECK(cv::norm(read, picture, cv::NORM_L1) / static_cast<double>(picture.total() * 3) < 8);
  }
}

TEST_CASE("HEIC and AVIF are read like other formats") {
  const cv::Mat picture = corner_picture(45, 34);
  for (const std::string name : {"corner.heic", "corner.avif"}) {
    CAPTURE(name);
    const cv::Mat read = read_bytes(sample_file(name));
    REQUIRE(read.size() == picture.size());
    REQUIRE(read.type() == CV_8UC3);
    CHECK(cv::norm(read, picture, cv::NORM_L1) / static_cast<double>(picture.total() * 3) < 8);
    CHECK(vision::looks_like_image_bytes(sample_file(name)));
  }
  CHECK_FALSE(vision::looks_like_image_bytes("\0\0\0"s));
}

TEST_CASE("the first image of a GIF is read over white, interlaced or not") {
  cv::Mat numbers(21, 300, CV_8UC1);
  cv::randu(numbers, 0, 256);
  cv::Mat expected(numbers.size(), CV_8UC3);
  for (int i = 0; i < static_cast<int>(numbers.total()); ++i) {
    const auto k = numbers.at<unsigned char>(i / 300, i % 300);
    expected.at<cv::Vec3b>(i / 300, i % 300) = cv::Vec3b(k / 2, static_cast<unsigned char>(255 - k), k);
  }
  const std::string gif = gif_file(numbers);
  CHECK(largest_difference(read_bytes(gif), expected) == 0);
  CHECK(largest_difference(read_bytes(gif_file(numbers, {0, 0, true})), expected) == 0);
  const std::string animated = gif.substr(0, gif.size() - 1) + gif.substr(13 + 768);
  CHECK(largest_difference(read_bytes(animated), expected) == 0);

  const cv::Mat seven(2, 3, CV_8UC1, cv::Scalar(7));
  const cv::Mat placed = read_bytes(gif_file(seven, {4, 5}));
  REQUIRE(placed.size() == cv::Size(7, 7));
  CHECK(placed.at<cv::Vec3b>(0, 0) == cv::Vec3b(255, 255, 255));
  CHECK(placed.at<cv::Vec3b>(5, 4) == cv::Vec3b(3, 248, 7));
  CHECK(read_bytes(gif_file(seven, {0, 0, false, 7})).at<cv::Vec3b>(1, 1) == cv::Vec3b(255, 255, 255));
}

TEST_CASE("the content determines the format, not the name") {
  const cv::Mat picture = corner_picture(12, 9);
  CHECK(largest_difference(read_bytes(encode(".png", picture), "wrong.jpg"), picture) == 0);
}

TEST_CASE("paths with characters of any script are read") {
  CHECK(read_bytes(encode(".png", corner_picture(12, 9)), "фото naïve 写真.png").size() == cv::Size(12, 9));
}

TEST_CASE("gray becomes three equal channels") {
  const cv::Mat read = read_bytes(encode(".png", pixel_of(cv::Scalar(77), CV_8UC1)));
  CHECK(largest_difference(read, pixel_of(cv::Scalar::all(77), CV_8UC3)) == 0);
  CHECK(read_bytes(encode(".jpg", pixel_of(cv::Scalar(77), CV_8UC1))).type() == CV_8UC3);
}

TEST_CASE("transparent pixels are composited over white") {
  cv::Mat picture = pixel_of(cv::Scalar(10, 100, 200, 255), CV_8UC4);
  picture.row(0).setTo(cv::Scalar(10, 100, 200, 0));
  picture.row(1).setTo(cv::Scalar(10, 100, 200, 128));
  for (const std::string format : {".png", ".webp", ".tiff"}) {
    CAPTURE(format);
    const cv::Mat read = read_bytes(encode(format, picture));
    REQUIRE(read.type() == CV_8UC3);
    CHECK(read.at<cv::Vec3b>(0, 3) == cv::Vec3b(255, 255, 255));
    CHECK(cv::norm(read.at<cv::Vec3b>(1, 3), cv::Vec3b(132, 177, 227), cv::NORM_INF) <= 1);
    CHECK(read.at<cv::Vec3b>(2, 3) == cv::Vec3b(10, 100, 200));
  }
}

TEST_CASE("16-bit samples are scaled to 8 bits, not truncated or clipped") {
  for (const std::string format : {".png", ".tiff"}) {
    CAPTURE(format);
    const cv::Mat gray = read_bytes(encode(format, pixel_of(cv::Scalar(257 * 100), CV_16UC1)));
    CHECK(largest_difference(gray, pixel_of(cv::Scalar::all(100), CV_8UC3)) == 0);
    const cv::Mat color = read_bytes(encode(format, pixel_of(cv::Scalar(0, 257 * 100, 65535), CV_16UC3)));
    CHECK(largest_difference(color, pixel_of(cv::Scalar(0, 100, 255), CV_8UC3)) == 0);
    const cv::Mat half = read_bytes(encode(format, pixel_of(cv::Scalar(2570, 25700, 51400, 32896), CV_16UC4)));
    CHECK(largest_difference(half, pixel_of(cv::Scalar(133, 177, 227), CV_8UC3)) <= 1);
  }
}

TEST_CASE("palette colors of a PNG are read, and transparent entries are drawn over white") {
  const std::string header = png_chunk("IHDR", big(2, 4) + big(1, 4) + "\x08\x03\0\0\0"s);
  const std::string palette = png_chunk("PLTE", "\xC8\x64\x0A\x01\x02\x03"s);
  const std::string data = png_chunk("IDAT", stored_zlib("\0\0\1"s));
  const cv::Mat plain = read_bytes(png_file(header + palette + data));
  CHECK(plain.at<cv::Vec3b>(0, 0) == cv::Vec3b(10, 100, 200));
  CHECK(plain.at<cv::Vec3b>(0, 1) == cv::Vec3b(3, 2, 1));
  const cv::Mat clear = read_bytes(png_file(header + palette + png_chunk("tRNS", "\xFF\0"s) + data));
  CHECK(clear.at<cv::Vec3b>(0, 0) == cv::Vec3b(10, 100, 200));
  CHECK(clear.at<cv::Vec3b>(0, 1) == cv::Vec3b(255, 255, 255));
}

TEST_CASE("a gray PNG with one transparent level is drawn over white") {
  const std::string header = png_chunk("IHDR", big(2, 4) + big(1, 4) + "\x08\x00\0\0\0"s);
  const std::string key = png_chunk("tRNS", "\0\x05"s);
  const cv::Mat read = read_bytes(png_file(header + key + png_chunk("IDAT", stored_zlib("\0\x05\x06"s))));
  CHECK(read.at<cv::Vec3b>(0, 0) == cv::Vec3b(255, 255, 255));
  CHECK(read.at<cv::Vec3b>(0, 1) == cv::Vec3b(6, 6, 6));
}

TEST_CASE("a path that is not a readable file is refused with the reason") {
  const TemporaryFolder folder;
  CHECK(error_of_path(folder / "absent.jpg") == "there is no such file");
  CHECK(error_of_path(folder / "absent" / "picture.jpg") == "there is no such file");
  CHECK(error_of_path(folder.path()) == "is a folder, not a picture");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(error_of_path(folder / "pipe") == "is a pipe or a device; pictures are read from files only");
  CHECK(error_of_path("/dev/null") == "is a pipe or a device; pictures are read from files only");
  write_file(folder / "empty.jpg", "");
  CHECK(error_of_path(folder / "empty.jpg") == "the file is empty");
  if (::geteuid() != 0) {  // root can read all files
    write_file(folder / "closed.jpg", "x");
    REQUIRE(::chmod((folder / "closed.jpg").c_str(), 0) == 0);
    CHECK(error_of_path(folder / "closed.jpg") == "cannot open the file: Permission denied");
  }
}

TEST_CASE("other file types are refused, and the error names known types") {
  const std::string formats = "JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF";
  CHECK(error_of("a photo of two dogs\n") == "not a picture that can be read (" + formats + ")");
  CHECK(error_of("BMW is a car maker, not a bitmap") == "not a picture that can be read (" + formats + ")");
  CHECK(error_of("8BPS....") == "a Photoshop document, which cannot be read; convert it to JPEG, PNG or WebP");
}

TEST_CASE("an image that is too large is refused before it is decoded") {
  const std::string png = png_file(png_chunk("IHDR", big(20000, 4) + big(20000, 4) + "\x08\x02\0\0\0"s) +
                                   png_chunk("IDAT", stored_zlib("\0"s)));
  CHECK(error_of(png) ==
        "the picture is 20000 x 20000 pixels; more than 100 megapixels are read with --megapixels only");
  const std::string thin = png_file(png_chunk("IHDR", big(2000000, 4) + big(1, 4) + "\x08\x02\0\0\0"s) +
                                    png_chunk("IDAT", stored_zlib("\0"s)));
  CHECK(error_of(thin) == "the picture is 2000000 x 1 pixels; a side of more than 1048576 is not read");

  std::string jpeg = encode(".jpg", corner_picture(16, 16));
  const std::size_t frame = jpeg.find("\xFF\xC0"s);
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xFF\xFF\xFF\xFF");
  CHECK(error_of(jpeg) ==
        "the picture is 65535 x 65535 pixels; more than 100 megapixels are read with --megapixels only");
}

TEST_CASE("a GIF or HEIC image that is too large is refused before it is decoded") {
  std::string gif = gif_file(cv::Mat(3, 3, CV_8UC1, cv::Scalar(1)));
  gif.replace(6, 4, "\xFF\xFF\xFF\xFF");
  CHECK(error_of(gif) ==
        "the picture is 65535 x 65535 pixels; more than 100 megapixels are read with --megapixels only");
  std::string heic = sample_file("corner.heic");
  const std::size_t size = heic.rfind("ispe");
  REQUIRE(size != std::string::npos);
  heic.replace(size + 8, 8, big(30000, 4) + big(30000, 4));
  CHECK(error_of(heic).find("the picture is 30000 x 30000 pixels") == 0);
}

TEST_CASE("images with samples other than 8 or 16 bits are refused") {
  CHECK(error_of(encode(".tiff", pixel_of(cv::Scalar(0.5), CV_32FC1))).find("floating-point") != std::string::npos);
}

TEST_CASE("the first frame of an animated WebP is read on its canvas") {
  const cv::Mat picture = corner_picture(20, 12);
  const std::string still = encode(".webp", picture).substr(12);  // a single VP8L chunk
  const std::string next = encode(".webp", cv::Mat(12, 20, CV_8UC3, cv::Scalar(9, 9, 9))).substr(12);
  const auto frame = [](const std::string& chunk, std::uint64_t left, std::uint64_t top) {
    const std::string data = little(left / 2, 3) + little(top / 2, 3) + little(19, 3) + little(11, 3) + little(100, 3) +
                             std::string(1, '\0') + chunk;
    return "ANMF" + little(data.size(), 4) + data + (data.size() % 2 == 1 ? std::string(1, '\0') : "");
  };
  const auto file = [](std::uint64_t width, std::uint64_t height, const std::string& frames) {
    const std::string chunks = "WEBPVP8X"s + little(10, 4) + little(2, 4) + little(width - 1, 3) +
                               little(height - 1, 3) + "ANIM" + little(6, 4) + std::string(6, '\0') + frames;
    return "RIFF" + little(chunks.size(), 4) + chunks;
  };
  CHECK(largest_difference(read_bytes(file(20, 12, frame(still, 0, 0) + frame(next, 0, 0))), picture) == 0);

  const cv::Mat placed = read_bytes(file(30, 20, frame(still, 4, 6)));
  cv::Mat expected(20, 30, CV_8UC3, cv::Scalar::all(255));
  picture.copyTo(expected(cv::Rect(4, 6, 20, 12)));
  CHECK(largest_difference(placed, expected) == 0);

  CHECK(error_of(file(20, 10, frame(still, 0, 0))).find("damaged") != std::string::npos);
  CHECK(error_of(file(20, 12, "")).find("damaged") != std::string::npos);
  const std::string whole = file(20, 12, frame(still, 0, 0));
  CHECK(error_of(whole.substr(0, whole.size() - 9)).find("truncated") != std::string::npos);
}

TEST_CASE("images are recognized by their extension") {
  for (const std::string name :
       {"a.jpg", "b.JPEG", "c.png", "d.webp", "e.bmp", "f.tif", "g.TIFF", "h.gif", "i.HEIC", "j.heif", "k.avif"}) {
    CHECK(vision::looks_like_image_path(name));
  }
  for (const std::string name : {"a.txt", "b.mp4", "jpg", ".jpg", "c.jpg.json", ""}) {
    CHECK_FALSE(vision::looks_like_image_path(name));
  }
}

TEST_CASE("a larger image is read if --megapixels allows it") {
  const std::string wide = encode(".png", cv::Mat(1000, 2000, CV_8UC3, cv::Scalar(1, 2, 3)));
  vision::set_largest_picture(1);
  CHECK(error_of(wide).find("more than 1 megapixels are read with --megapixels only") != std::string::npos);
  vision::set_largest_picture(2);
  CHECK(error_of(wide).empty());
  vision::set_largest_picture(100);
}

TEST_CASE("a JPEG with thousands of scans is refused, but a progressive JPEG is not") {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", cv::Mat(1000, 1000, CV_8UC1, cv::Scalar(128)), bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const std::string picture(bytes.begin(), bytes.end());
  CHECK(error_of(picture).empty());
  const std::size_t last = picture.rfind("\xFF\xDA");
  std::string many = picture.substr(0, picture.size() - 2);
  for (int i = 0; i < 1300; ++i) many += picture.substr(last, picture.size() - 2 - last);
  many += "\xFF\xD9";
  CHECK(error_of(many).find("scans over 1000 x 1000 pixels would take too long") != std::string::npos);
}
