#include "core/data/text_files.hpp"
#include "core/text/ptb_tokenizer.hpp"
#include "core/text/tokenizer.hpp"
#include "tests/fuzz/fuzz.hpp"

// Captions a line each, made words of as those who score and those who train do.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz_bytes(data, size, [](std::string_view bytes) {
    const auto set = saccade::read_text_hypotheses({"input", std::string(bytes)});
    for (const auto& line : set.captions) {
      saccade::tokenize(line.caption);
      saccade::ptb_tokenize(line.caption);
    }
  });
}
