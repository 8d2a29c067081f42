#include "core/base/excerpt.hpp"

#include <doctest/doctest.h>

using saccade::excerpt;

TEST_CASE("untrusted text is shortened, and control characters are removed") {
  CHECK(excerpt("weight") == "weight");
  CHECK(excerpt("a\x1B[31m\nb\x7F") == "a?[31m?b?");
  CHECK(excerpt(std::string(100, 'x')) == std::string(100, 'x'));
  CHECK(excerpt(std::string(101, 'x')) == std::string(100, 'x') + "...");
}
