#include "vision/files/maker_mark.hpp"

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"
#include "vision/files/image_writer.hpp"

using namespace saccade;

TEST_CASE("written images have a maker mark, which other readers ignore") {
  const test::TemporaryFolder folder;
  const cv::Mat picture = test::corner_picture(333, 200);
  for (const char* const name : {"a.png", "a.jpg", "a.webp"}) {
    CAPTURE(name);
    vision::write_image(folder / name, picture);
    CHECK(vision::maker_mark(folder / name) == "");
    CHECK(vision::read_image(folder / name).size() == picture.size());
    CHECK(cv::imread((folder / name).string()).size() == picture.size());
    vision::write_image(folder / name, picture, "0123456789abcdef");
    CHECK(vision::maker_mark(folder / name) == "0123456789abcdef");
    CHECK(test::largest_difference(vision::read_image(folder / name), cv::imread((folder / name).string())) == 0);
  }
  CHECK(test::largest_difference(vision::read_image(folder / "a.png"), picture) == 0);
}

TEST_CASE("images from other programs, other files and missing files have no maker mark") {
  const test::TemporaryFolder folder;
  for (const char* const name : {"b.png", "b.jpg", "b.webp"}) {
    cv::imwrite((folder / name).string(), test::corner_picture(20, 10));
    CHECK_FALSE(vision::maker_mark(folder / name));
  }
  write_file(folder / "empty.png", "");
  CHECK_FALSE(vision::maker_mark(folder / "empty.png"));
  CHECK_FALSE(vision::maker_mark(folder / "none.png"));
}

TEST_CASE("image bytes are distinguished from a list of paths") {
  for (const char* const extension : {".png", ".jpg", ".webp", ".bmp", ".tiff"}) {
    CAPTURE(extension);
    CHECK(vision::looks_like_image_bytes(test::encode(extension, test::corner_picture(8, 8))));
  }
  for (const char* const list : {"photo.jpg\n", "BMW.jpg\nII.png\n", "MM/a.jpg", "RIFF.webp", ""}) {
    CAPTURE(list);
    CHECK_FALSE(vision::looks_like_image_bytes(list));
  }
}
