#include "vision/files/image.hpp"

#include "tests/fuzz/fuzz.hpp"

// Of a million pixels at most: most of the time would else go to filling large pictures with black.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const int once = (saccade::vision::set_largest_picture(1), 0);
  static_cast<void>(once);
  return saccade::test::fuzz(data, size, [](const std::filesystem::path& file) { saccade::vision::read_image(file); });
}
