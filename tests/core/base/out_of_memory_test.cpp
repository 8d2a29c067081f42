#include "core/base/out_of_memory.hpp"

#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

using namespace saccade;

TEST_CASE("out-of-memory errors are recognized by type or message") {
  const std::runtime_error of_libtorch("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried");
  CHECK(is_out_of_memory(std::bad_alloc()));
  CHECK(is_out_of_memory(of_libtorch));
  CHECK_FALSE(is_out_of_memory(std::runtime_error("the file is damaged")));
  CHECK_FALSE(is_out_of_memory(Error("photo.jpg: there is not enough memory to decode the picture")));
  CHECK_THROWS_AS(rethrow_out_of_memory(of_libtorch), std::bad_alloc);
  CHECK_NOTHROW(rethrow_out_of_memory(std::runtime_error("the file is damaged")));
}

TEST_CASE("a file that mentions insufficient memory is not an out-of-memory error") {
  const auto check_no_lack = [](const auto& use) {
    try {
      use();
      FAIL("nothing was thrown");
    } catch (const std::exception& error) {
      CHECK(std::string(error.what()).find("not enough memory") != std::string::npos);
      CHECK_FALSE(is_out_of_memory(error));
    }
  };
  check_no_lack([] { return nlohmann::json::parse("{\"not enough memory"); });
  check_no_lack([] { return std::filesystem::file_size("/nowhere/not enough memory"); });
}
