#include "models/kernels/medoid_kernel.hpp"

#include <limits>

#include <doctest/doctest.h>

#include "tests/models/tiny_model.hpp"

using namespace saccade;
using models::medoid_cells;
using torch::Tensor;

namespace {

/// The medoid of one image whose cells are points on a line.
std::int64_t medoid(const std::vector<float>& weights, const std::vector<float>& places) {
  const auto cells = static_cast<std::int64_t>(weights.size());
  const Tensor alpha = torch::tensor(weights).view({1, cells}), annotations = torch::tensor(places).view({1, cells, 1});
  return medoid_cells(alpha, annotations, torch::zeros({1}, torch::kLong)).item<std::int64_t>();
}

}  // namespace

TEST_CASE("the medoid is the cell nearest to the weighted mean, not the one with the largest weight") {
  // 0.4 * 0 + 0.3 * 5 + 0.3 * 6 = 3.3
  CHECK(medoid({0.4F, 0.3F, 0.3F}, {0, 5, 6}) == 1);
  CHECK(medoid({0.9F, 0.1F}, {0, 5}) == 0);
  CHECK(medoid({0, 1, 0}, {1, 2, 3}) == 1);
  CHECK(medoid({0.25F, 0.25F, 0.25F, 0.25F}, {0, 1, 2, 9}) == 2);  // the mean is 3
}

TEST_CASE("a cell with almost no weight is never the medoid") {
  CHECK(medoid({0.5F, 0.45F, 0.05F}, {0, 10, 4.75F}) == 0);  // the mean, 4.7375, is closest to the third cell
  CHECK(medoid({0.4F, 0.35F, 0.25F}, {0, 10, 4.75F}) == 2);
}

TEST_CASE("ties of the medoid go to the larger weight, then to the first cell") {
  CHECK(medoid({0.25F, 0.5F, 0.25F}, {1, -1, 1}) == 1);
  CHECK(medoid({0.25F, 0.25F, 0.25F, 0.25F}, {-1, 1, 1, -1}) == 0);
}

TEST_CASE("medoids of several images match the definition") {
  torch::manual_seed(5);
  constexpr std::int64_t kRows = 40, kImages = 3, kCells = 12, kWidth = 19;
  const Tensor alpha = torch::softmax(2 * torch::randn({kRows, kCells}, torch::kDouble), 1);
  const Tensor annotations = torch::randn({kImages, kCells, kWidth}, torch::kDouble);
  const Tensor image = torch::randint(kImages, {kRows}, torch::kLong);
  const Tensor fast = medoid_cells(alpha.to(torch::kFloat), annotations.to(torch::kFloat), image);
  const Tensor slow = medoid_cells(alpha, annotations, image);
  int others = 0;
  for (std::int64_t row = 0; row < kRows; ++row) {
    CAPTURE(row);
    // The definition: the sum of the squared distances to all cells, times their weights.
    const Tensor a = annotations[image[row].item<std::int64_t>()], weights = alpha[row];
    std::int64_t best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < kCells; ++i) {
      const double likelier = weights.masked_select(weights > weights[i]).sum().item<double>();
      const double distance = ((a - a[i]).square().sum(1) * weights).sum().item<double>();
      if (likelier >= 0.9 || distance >= least) continue;
      least = distance;
      best = i;
    }
    CHECK(fast[row].item<std::int64_t>() == best);
    CHECK(slow[row].item<std::int64_t>() == best);
    others += static_cast<int>(best != weights.argmax().item<std::int64_t>());
  }
  CHECK(others > 5);  // the medoid is often not the likeliest cell
}
