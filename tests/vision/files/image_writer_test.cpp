#include "vision/files/image_writer.hpp"

#include <filesystem>
#include <iterator>
#include <string>
#include <unistd.h>

#include <doctest/doctest.h>
#include <opencv2/core.hpp>
#include <sys/stat.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"

using namespace saccade;
using namespace saccade::test;
using vision::write_image;

namespace {

auto files_in(const std::filesystem::path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
}

std::string error_of(const std::filesystem::path& path, const cv::Mat& image) {
  try {
    write_image(path, image);
  } catch (const Error& error) {
    return std::string(error.what()).substr(path.string().size());
  }
  return "";
}

}  // namespace

TEST_CASE("pictures are written in the format of their extension and read back") {
  const TemporaryFolder folder;
  const cv::Mat picture = corner_picture(40, 30);
  for (const std::string name : {"a.png", "b.jpg", "c.JPEG", "d.webp", "каша é.png"}) {
    CAPTURE(name);
    write_image(folder / name, picture);
    const cv::Mat read = vision::read_image(folder / name);
    REQUIRE(read.size() == picture.size());
    if (name.find(".png") != std::string::npos) CHECK(largest_difference(read, picture) == 0);
  }
  CHECK(read_file(folder / "a.png").substr(1, 3) == "PNG");
  CHECK(read_file(folder / "d.webp").substr(8, 4) == "WEBP");
  CHECK(files_in(folder.path()) == 5);
}

TEST_CASE("an unknown extension is refused, and the error names it") {
  const TemporaryFolder folder;
  const cv::Mat picture = corner_picture(40, 30);
  CHECK(error_of(folder / "a.gif", picture) == ": pictures are not written as .gif; use .png, .jpg or .webp");
  CHECK(error_of(folder / "a", picture) ==
        ": the name has no extension to tell the format by; use .png, .jpg or .webp");
  CHECK_THROWS_AS(vision::require_writable_format("a.txt"), Error);
  CHECK_NOTHROW(vision::require_writable_format("a.webp"));
  CHECK(files_in(folder.path()) == 0);
}

TEST_CASE("no file remains after a failed write") {
  const TemporaryFolder folder;
  const cv::Mat picture = corner_picture(40, 30);
  CHECK_THROWS_AS(write_image(folder / "absent" / "a.png", picture), Error);
  std::filesystem::create_directory(folder / "folder.png");
  CHECK_THROWS_AS(write_image(folder / "folder.png", picture), Error);
  CHECK(files_in(folder.path()) == 1);
  if (::geteuid() != 0) {  // root can write all files
    REQUIRE(::chmod((folder / "folder.png").c_str(), 0500) == 0);
    CHECK_THROWS_AS(write_image(folder / "folder.png" / "a.png", picture), Error);
  }
}

TEST_CASE("an image that is too large for its format is refused, and the existing file does not change") {
  const TemporaryFolder folder;
  write_file(folder / "a.webp", "old");
  const cv::Mat wide(1, 20000, CV_8UC3, cv::Scalar::all(9));
  CHECK(error_of(folder / "a.webp", wide) == ": a picture of 20000 x 1 pixels cannot be written in this format");
  CHECK(read_file(folder / "a.webp") == "old");
  CHECK(error_of(folder / "b.png", cv::Mat()) == ": a picture of 0 x 0 pixels cannot be written in this format");
  CHECK(files_in(folder.path()) == 1);
}
