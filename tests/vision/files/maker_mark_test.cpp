#include "vision/files/maker_mark.hpp"

#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/vision/pictures.hpp"
#include "vision/files/image.hpp"
#include "vision/files/image_writer.hpp"

using namespace saccade;

TEST_CASE("a picture that was written here is known again, and reads as any other") {
  const test::TemporaryFolder folder;
  const cv::Mat picture = test::corner_picture(20, 10);
  for (const char* const name : {"a.png", "a.jpg"}) {
    CAPTURE(name);
    vision::write_image(folder / name, picture);
    CHECK(vision::has_maker_mark(folder / name));
    CHECK(vision::read_image(folder / name).size() == picture.size());
  }
  CHECK(test::largest_difference(vision::read_image(folder / "a.png"), picture) == 0);
}

TEST_CASE("a picture from elsewhere, another file and none bear no mark") {
  const test::TemporaryFolder folder;
  cv::imwrite((folder / "b.png").string(), test::corner_picture(20, 10));
  write_file(folder / "empty.png", "");
  CHECK_FALSE(vision::has_maker_mark(folder / "b.png"));
  CHECK_FALSE(vision::has_maker_mark(folder / "empty.png"));
  CHECK_FALSE(vision::has_maker_mark(folder / "none.png"));
}

TEST_CASE("bytes that begin a picture are told from a list of paths") {
  for (const char* const extension : {".png", ".jpg", ".webp", ".bmp", ".tiff"}) {
    CAPTURE(extension);
    CHECK(vision::looks_like_image_bytes(test::encode(extension, test::corner_picture(8, 8))));
  }
  for (const char* const list : {"photo.jpg\n", "BMW.jpg\nII.png\n", "MM/a.jpg", "RIFF.webp", ""}) {
    CAPTURE(list);
    CHECK_FALSE(vision::looks_like_image_bytes(list));
  }
}
