#include "models/weights/pickle.hpp"

#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return saccade::test::fuzz_bytes(data, size, [](std::string_view bytes) {
    const saccade::models::pickle::Pickle pickle(
        bytes, [](std::string_view name) { return name.substr(0, 6) == "torch."; }, "input");
    saccade::models::pickle::kind_of(pickle.root());
  });
}
