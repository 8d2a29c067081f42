#include "core/data/dataset.hpp"
#include "core/data/format.hpp"
#include "tests/fuzz/fuzz.hpp"

// In the form that the file begins as, and in one that somebody says it has; its size decides which.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto names = saccade::caption_formats().names();
  const std::string& format = names[size % names.size()];
  saccade::test::fuzz(data, size, [&format](const auto& file) { saccade::read_captions_file(file, format); });
  return saccade::test::fuzz(data, size, [](const auto& file) { saccade::read_captions(file); });
}
