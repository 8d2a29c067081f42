#include "models/weights/state_dict.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "core/base/error.hpp"

using namespace saccade;
using models::check_state_dict;
using models::StateDict;

TEST_CASE("a state dict that matches its model passes the check") {
  const StateDict weights{{"a", at::zeros({2, 3})}, {"scalar", at::zeros({})}, {"extra", at::zeros({9})}};
  CHECK_NOTHROW(check_state_dict(weights, {{"a", {2, 3}}, {"scalar", {}}}, {"extra", "absent"}, "file"));
}

TEST_CASE("all mismatches are reported at once") {
  const StateDict weights{{"a", at::zeros({2, 3})}, {"b", at::zeros({4})}, {"extra", at::zeros({9})}};
  CHECK_THROWS_WITH_AS(
      check_state_dict(weights, {{"a", {3, 2}}, {"b", {}}, {"c", {1}}, {"d", {1}}}, {}, "net.pth"),
      "net.pth: its tensors do not fit the model: 2 missing (c, d); "
      "2 of another shape (a is [2, 3], expected [3, 2], b is [4], expected []); 1 not expected (extra)",
      Error);
}

TEST_CASE("a long list is shortened to three names and a count") {
  std::map<std::string, std::vector<std::int64_t>> expected;
  for (char c = 'a'; c < 'p'; ++c) expected[std::string(1, c)] = {1};
  CHECK_THROWS_WITH_AS(check_state_dict({}, expected, {}, "net.pth"),
                       "net.pth: its tensors do not fit the model: 15 missing (a, b, c and 12 more)", Error);
}
