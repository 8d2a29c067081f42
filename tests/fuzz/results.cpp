#include "core/data/coco_files.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz_bytes(data, size, [](std::string_view bytes) {
    saccade::read_coco_results({"input", std::string(bytes)});
  });
}
