#include "models/weights/weights_file.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

#include <doctest/doctest.h>

#include "core/base/error.hpp"
#include "tests/models/weights_bytes.hpp"

using namespace saccade;
using namespace saccade::test;
using models::read_weights;

TEST_CASE("the content of a weights file determines its format") {
  const TemporaryFolder folder;
  for (const char* const name : {"zip.pth", "deflated.pth", "legacy.pth", "python.safetensors"}) {
    CAPTURE(name);
    std::filesystem::copy_file(weights_data(name), folder / name);
    std::filesystem::rename(folder / name, folder / "weights.jpg");
    const models::StateDict weights = read_weights(folder / "weights.jpg");
    CHECK(weights.at("f32").equal(at::arange(12, at::kFloat).reshape({3, 4})));
  }
}

TEST_CASE("a safetensors file whose first byte equals that of a pickle is read as safetensors") {
  const std::string header = "{}" + std::string(126, ' ');
  REQUIRE(header.size() == 0x80);
  CHECK(read_bytes(little_endian(std::uint64_t{0x80}) + header, read_weights).empty());
}

TEST_CASE("any other file is refused") {
  for (const std::string& bytes : {std::string(), std::string("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", 12),
                                   std::string("hello"), std::string("{\"weights\": 1}"), std::string(4096, '\0')}) {
    CHECK_THROWS_WITH_AS(read_bytes(bytes, read_weights), doctest::Contains("not a weights file"), Error);
  }
  CHECK_THROWS_WITH_AS(read_weights("/nowhere/weights"), doctest::Contains("/nowhere/weights: cannot open the file"),
                       Error);
  CHECK_THROWS_WITH_AS(read_weights("/"), doctest::Contains("not a regular file"), Error);
  CHECK_THROWS_WITH_AS(read_weights("/dev/zero"), doctest::Contains("not a regular file"), Error);
}
