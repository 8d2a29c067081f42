#include "vision/files/image.hpp"

#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz(data, size, [](const std::filesystem::path& file) { saccade::vision::read_image(file); });
}
