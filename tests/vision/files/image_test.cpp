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

/// What read_image says about a path, without the path itself.
std::string complaint(const std::filesystem::path& path) {
  try {
    read_image(path);
  } catch (const Error& error) {
    const std::string message = error.what();
    REQUIRE(message.rfind(path.string() + ": ", 0) == 0);
    return message.substr(path.string().size() + 2);
  }
  return "";
}

std::string complaint_about(const std::string& bytes) {
  const TemporaryFolder folder;
  write_file(folder / "picture", bytes);
  return complaint(folder / "picture");
}

cv::Mat pixel_of(const cv::Scalar& value, int type) {
  return cv::Mat(9, 11, type, value);
}

}  // namespace

TEST_CASE("pictures of every format are read as 8-bit BGR, at their own size") {
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

TEST_CASE("the format is told by the content, not by the name") {
  const cv::Mat picture = corner_picture(12, 9);
  CHECK(largest_difference(read_bytes(encode(".png", picture), "wrong.jpg"), picture) == 0);
}

TEST_CASE("paths of any alphabet are read") {
  CHECK(read_bytes(encode(".png", corner_picture(12, 9)), "фото naïve 写真.png").size() == cv::Size(12, 9));
}

TEST_CASE("grey becomes three equal channels") {
  const cv::Mat read = read_bytes(encode(".png", pixel_of(cv::Scalar(77), CV_8UC1)));
  CHECK(largest_difference(read, pixel_of(cv::Scalar::all(77), CV_8UC3)) == 0);
  CHECK(read_bytes(encode(".jpg", pixel_of(cv::Scalar(77), CV_8UC1))).type() == CV_8UC3);
}

TEST_CASE("transparency is laid over white") {
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

TEST_CASE("16 bits are scaled to 8, not cut or clipped") {
  for (const std::string format : {".png", ".tiff"}) {
    CAPTURE(format);
    const cv::Mat grey = read_bytes(encode(format, pixel_of(cv::Scalar(257 * 100), CV_16UC1)));
    CHECK(largest_difference(grey, pixel_of(cv::Scalar::all(100), CV_8UC3)) == 0);
    const cv::Mat colour = read_bytes(encode(format, pixel_of(cv::Scalar(0, 257 * 100, 65535), CV_16UC3)));
    CHECK(largest_difference(colour, pixel_of(cv::Scalar(0, 100, 255), CV_8UC3)) == 0);
    const cv::Mat half = read_bytes(encode(format, pixel_of(cv::Scalar(2570, 25700, 51400, 32896), CV_16UC4)));
    CHECK(largest_difference(half, pixel_of(cv::Scalar(133, 177, 227), CV_8UC3)) <= 1);
  }
}

TEST_CASE("a PNG with a palette shows its colours, the transparent ones over white") {
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

TEST_CASE("a grey PNG may declare one level transparent") {
  const std::string header = png_chunk("IHDR", big(2, 4) + big(1, 4) + "\x08\x00\0\0\0"s);
  const std::string key = png_chunk("tRNS", "\0\x05"s);
  const cv::Mat read = read_bytes(png_file(header + key + png_chunk("IDAT", stored_zlib("\0\x05\x06"s))));
  CHECK(read.at<cv::Vec3b>(0, 0) == cv::Vec3b(255, 255, 255));
  CHECK(read.at<cv::Vec3b>(0, 1) == cv::Vec3b(6, 6, 6));
}

TEST_CASE("a path that is no readable file is refused with its own reason") {
  const TemporaryFolder folder;
  CHECK(complaint(folder / "absent.jpg") == "there is no such file");
  CHECK(complaint(folder / "absent" / "picture.jpg") == "there is no such file");
  CHECK(complaint(folder.path()) == "is a folder, not a picture");
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(complaint(folder / "pipe") == "is a pipe or a device; pictures are read from files only");
  CHECK(complaint("/dev/null") == "is a pipe or a device; pictures are read from files only");
  write_file(folder / "empty.jpg", "");
  CHECK(complaint(folder / "empty.jpg") == "the file is empty");
  if (::geteuid() != 0) {  // nothing is closed to root
    write_file(folder / "closed.jpg", "x");
    REQUIRE(::chmod((folder / "closed.jpg").c_str(), 0) == 0);
    CHECK(complaint(folder / "closed.jpg") == "cannot open the file: Permission denied");
  }
}

TEST_CASE("a file of another kind is refused, and named where it is known") {
  const std::string formats = "JPEG, PNG, WebP, BMP or TIFF";
  CHECK(complaint_about("a photo of two dogs\n") == "not a picture that can be read (" + formats + ")");
  CHECK(complaint_about("BMW is a car maker, not a bitmap") == "not a picture that can be read (" + formats + ")");
  CHECK(complaint_about("GIF89a......") == "a GIF picture, which cannot be read; convert it to " + formats);
  CHECK(complaint_about("\0\0\0\x20"s + "ftypheic....") ==
        "a HEIC picture, which cannot be read; convert it to " + formats);
}

TEST_CASE("a picture that would fill the memory is refused before it is decoded") {
  const std::string png = png_file(png_chunk("IHDR", big(20000, 4) + big(20000, 4) + "\x08\x02\0\0\0"s) +
                                   png_chunk("IDAT", stored_zlib("\0"s)));
  CHECK(complaint_about(png) ==
        "the picture is 20000 x 20000 pixels; more than 100 megapixels are read with --megapixels only");
  const std::string thin = png_file(png_chunk("IHDR", big(2000000, 4) + big(1, 4) + "\x08\x02\0\0\0"s) +
                                    png_chunk("IDAT", stored_zlib("\0"s)));
  CHECK(complaint_about(thin) == "the picture is 2000000 x 1 pixels; a side of more than 1048576 is not read");

  std::string jpeg = encode(".jpg", corner_picture(16, 16));
  const std::size_t frame = jpeg.find("\xFF\xC0"s);
  REQUIRE(frame != std::string::npos);
  jpeg.replace(frame + 5, 4, "\xFF\xFF\xFF\xFF");
  CHECK(complaint_about(jpeg) ==
        "the picture is 65535 x 65535 pixels; more than 100 megapixels are read with --megapixels only");
}

TEST_CASE("samples that are not 8 or 16 bits are refused") {
  CHECK(complaint_about(encode(".tiff", pixel_of(cv::Scalar(0.5), CV_32FC1))).find("floating-point") !=
        std::string::npos);
}

TEST_CASE("an animated WebP is refused") {
  const std::string chunks = "WEBPVP8X"s + little(10, 4) + little(2, 4) + little(9, 3) + little(9, 3);
  CHECK(complaint_about("RIFF"s + little(chunks.size(), 4) + chunks) ==
        "an animated WebP file; only still pictures are read");
}

TEST_CASE("pictures are told from other files by their extension") {
  for (const std::string name : {"a.jpg", "b.JPEG", "c.png", "d.webp", "e.bmp", "f.tif", "g.TIFF"}) {
    CHECK(vision::looks_like_image_path(name));
  }
  for (const std::string name : {"a.txt", "b.gif", "jpg", ".jpg", "c.jpg.json", ""}) {
    CHECK_FALSE(vision::looks_like_image_path(name));
  }
}

TEST_CASE("a picture larger than usual is read where that is allowed") {
  const std::string wide = encode(".png", cv::Mat(1000, 2000, CV_8UC3, cv::Scalar(1, 2, 3)));
  vision::set_largest_picture(1);
  CHECK(complaint_about(wide).find("more than 1 megapixels are read with --megapixels only") != std::string::npos);
  vision::set_largest_picture(2);
  CHECK(complaint_about(wide).empty());
  vision::set_largest_picture(100);
}

TEST_CASE("a JPEG that would be gone over thousands of times is refused, and a progressive one is not") {
  std::vector<unsigned char> bytes;
  cv::imencode(".jpg", cv::Mat(1000, 1000, CV_8UC1, cv::Scalar(128)), bytes, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  const std::string picture(bytes.begin(), bytes.end());
  CHECK(complaint_about(picture).empty());
  const std::size_t last = picture.rfind("\xFF\xDA");
  std::string many = picture.substr(0, picture.size() - 2);
  for (int i = 0; i < 1300; ++i) many += picture.substr(last, picture.size() - 2 - last);
  many += "\xFF\xD9";
  CHECK(complaint_about(many).find("scans over 1000 x 1000 pixels would take too long") != std::string::npos);
}
