#include "models/weights/zip_archive.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz_bytes(data, size, [](std::string_view bytes) {
    saccade::models::ZipArchive archive(bytes, "input");
    archive.read(archive.first_name());
  });
}
