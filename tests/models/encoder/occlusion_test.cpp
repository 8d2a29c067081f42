#include "models/encoder/occlusion.hpp"

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using torch::Tensor;

namespace {

Tensor cells(const std::vector<std::int64_t>& visible, std::int64_t of_each) {
  return torch::tensor(visible, torch::kLong).view({-1, of_each}).to(torch::kBool);
}

}  // namespace

TEST_CASE("the pixels of a hidden cell are 0") {
  const Tensor pixels = torch::arange(1, 1 + 4 * 4 * 3, torch::kFloat32).view({4, 4, 3});
  const Tensor pictures = models::Occluder({2, 2}, 4).pictures(pixels, cells({1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0}, 4));
  REQUIRE(pictures.sizes() == at::IntArrayRef({3, 4, 4, 3}));
  CHECK(pictures[0].equal(pixels));
  Tensor expected = pixels.clone();
  expected.narrow(0, 0, 2).narrow(1, 2, 2).zero_();  // the upper right cell
  CHECK(pictures[1].equal(expected));
  CHECK(pictures[2].equal(torch::zeros_like(pixels)));
}

TEST_CASE("tiles follow the shifted grid, and the outer cells extend to the edges") {
  // Two cells on eight pixels; the boundary is at (1 + 1/4) * 4 = 5.
  const Tensor pixels = torch::ones({8, 8, 3});
  const Tensor picture = models::Occluder({1, 2, 0.25}, 8).pictures(pixels, cells({0, 1}, 2))[0];
  CHECK(picture.narrow(1, 0, 5).eq(0).all().item<bool>());
  CHECK(picture.narrow(1, 5, 3).eq(1).all().item<bool>());
}
