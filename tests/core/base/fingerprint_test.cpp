#include "core/base/fingerprint.hpp"

#include <initializer_list>
#include <string>

#include <doctest/doctest.h>

using saccade::EarlierFingerprint;
using saccade::Fingerprint;

namespace {

template <typename Print>
std::string of(std::initializer_list<std::string> parts) {
  Print print;
  for (const auto& part : parts) print.add(part);
  return print.text();
}

}  // namespace

TEST_CASE_TEMPLATE("a fingerprint depends on the data and on its division", Print, Fingerprint, EarlierFingerprint) {
  CHECK(of<Print>({"ab", "c"}) == of<Print>({"ab", "c"}));
  CHECK(of<Print>({"ab", "c"}) != of<Print>({"a", "bc"}));
  CHECK(of<Print>({"ab", "c"}) != of<Print>({"abc"}));
  CHECK(of<Print>({"ab"}) != of<Print>({"ab", ""}));
  CHECK(of<Print>({std::string(1000, 'x')}) != of<Print>({std::string(1000, 'x') + 'y'}));
}

TEST_CASE("fingerprints in files do not change") {
  CHECK(of<Fingerprint>({"", "two cells"}) == "xxh3-1722cdc4e5545a50");
  CHECK(of<EarlierFingerprint>({"", "two cells"}) == "c52603833eab4bc1");
}
