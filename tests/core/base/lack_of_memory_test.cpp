#include "core/base/lack_of_memory.hpp"

#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

using namespace saccade;

TEST_CASE("a lack of memory is known by its type, and by the words of those who have none") {
  const std::runtime_error of_libtorch("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried");
  CHECK(is_lack_of_memory(std::bad_alloc()));
  CHECK(is_lack_of_memory(of_libtorch));
  CHECK_FALSE(is_lack_of_memory(std::runtime_error("the file is damaged")));
  CHECK_FALSE(is_lack_of_memory(Error("photo.jpg: there is not enough memory to decode the picture")));
  CHECK_THROWS_AS(pass_on_lack_of_memory(of_libtorch), std::bad_alloc);
  CHECK_NOTHROW(pass_on_lack_of_memory(std::runtime_error("the file is damaged")));
}

TEST_CASE("a file that speaks of a lack of memory is no lack of memory") {
  const auto check_no_lack = [](const auto& use) {
    try {
      use();
      FAIL("nothing was thrown");
    } catch (const std::exception& error) {
      CHECK(std::string(error.what()).find("not enough memory") != std::string::npos);
      CHECK_FALSE(is_lack_of_memory(error));
    }
  };
  check_no_lack([] { return nlohmann::json::parse("{\"not enough memory"); });
  check_no_lack([] { return std::filesystem::file_size("/nowhere/not enough memory"); });
}
