#include "core/base/lack_of_memory.hpp"

#include <new>
#include <stdexcept>

#include <doctest/doctest.h>

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
