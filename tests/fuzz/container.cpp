#include "vision/files/container.hpp"

#include "tests/fuzz/fuzz.hpp"

// What is known of a picture before a library decodes it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz_bytes(data, size,
                                   [](std::string_view bytes) { saccade::vision::inspect_container(bytes, "input"); });
}
