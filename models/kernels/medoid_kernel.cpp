#include "models/kernels/medoid_kernel.hpp"

#include <limits>

#include <ATen/Parallel.h>

#include "models/kernels/context_kernel.hpp"
#include "models/kernels/processor_targets.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr double kHeld = 0.9;  // share of the weight that the candidates hold

SACCADE_EVERY_PROCESSOR
float squared_distance(const float* __restrict x, const float* __restrict y, std::int64_t width) {
  float sum = 0;
  for (std::int64_t d = 0; d < width; ++d) sum += (x[d] - y[d]) * (x[d] - y[d]);
  return sum;
}

}  // namespace

Tensor medoid_cells(const Tensor& alpha, const Tensor& annotations, const Tensor& image) {
  const torch::NoGradGuard no_gradient;
  const Tensor expectation = context_vectors(alpha, {}, annotations, image);
  const auto [weight, cell] = alpha.sort(/*stable=*/true, -1, /*descending=*/true);
  const Tensor likelier = weight.cumsum(-1) - weight;  // weight of the preceding cells
  const Tensor candidates = (likelier < kHeld * weight.sum(-1, /*keepdim=*/true)).sum(-1);  // at least 1
  if (!alpha.is_cpu() || alpha.scalar_type() != torch::kFloat || annotations.scalar_type() != torch::kFloat) {
    const Tensor distance = (annotations.index_select(0, image) - expectation.unsqueeze(1)).square().sum(-1);
    const Tensor place = at::arange(alpha.size(1), image.options());
    const Tensor elected = distance.gather(1, cell)
                               .masked_fill(place >= candidates.unsqueeze(1), std::numeric_limits<double>::infinity())
                               .argmin(-1, /*keepdim=*/true);
    return cell.gather(1, elected).squeeze(1);
  }
  const Tensor values = annotations.contiguous();
  const std::int64_t cells = values.size(1), width = values.size(2);
  const auto order = cell.accessor<std::int64_t, 2>();
  const auto count = candidates.accessor<std::int64_t, 1>(), image_of = image.accessor<std::int64_t, 1>();
  const float* from = values.data_ptr<float>();
  const float* middle = expectation.data_ptr<float>();
  Tensor medoids = at::empty_like(image);
  auto medoid = medoids.accessor<std::int64_t, 1>();
  at::parallel_for(0, alpha.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      float least = std::numeric_limits<float>::infinity();
      medoid[row] = order[row][0];
      for (std::int64_t k = 0; k < count[row]; ++k) {
        const float* annotation = from + (image_of[row] * cells + order[row][k]) * width;
        const float distance = squared_distance(annotation, middle + row * width, width);
        if (distance >= least) continue;
        least = distance;
        medoid[row] = order[row][k];
      }
    }
  });
  return medoids;
}

}  // namespace saccade::models
