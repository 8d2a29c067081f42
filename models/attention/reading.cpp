#include "models/attention/reading.hpp"

#include "models/kernels/context_kernel.hpp"
#include "models/kernels/medoid_kernel.hpp"

namespace saccade::models {

using torch::Tensor;

Read read(Reading reading, const Tensor& log_alpha, const Tensor& values, const Tensor& image,
          const Selection& selection) {
  const std::int64_t rows = log_alpha.size(0), maps = log_alpha.size(1), cells = log_alpha.size(2);
  const Tensor alpha = log_alpha.exp();
  // The kernels treat each map of an image as a separate image.
  const Tensor map = maps == 1 ? image : (image.unsqueeze(1) * maps + at::arange(maps, image.options())).flatten();
  Read result;
  if (reading == Reading::kDraw) {
    const Tensor weights = alpha.detach();
    result.cell = selection.cell.defined()      ? selection.cell
                  : selection.uniform.defined() ? draw_cells(weights, selection.uniform)
                  : selection.likeliest
                      ? weights.argmax(-1)
                      : medoid_cells(weights.flatten(0, 1), values.flatten(0, 1), map).view({rows, maps});
    if (selection.expected.defined()) result.cell = result.cell.masked_fill(selection.expected.unsqueeze(1), -1);
  }
  const Tensor cell = result.cell.defined() ? result.cell.flatten() : Tensor();
  result.context = context_vectors(alpha.view({rows * maps, cells}), cell, values.flatten(0, 1), map);
  result.context = result.context.view({rows, maps, -1});
  return result;
}

Tensor draw_cells(const Tensor& alpha, const Tensor& uniform) {
  // Double precision prevents a rounded sum from selecting a cell without weight.
  const Tensor sums = alpha.to(torch::kDouble).cumsum(-1);
  const Tensor all = sums.slice(-1, sums.size(-1) - 1);
  return (sums <= uniform.to(torch::kDouble).unsqueeze(-1) * all).sum(-1);
}

}  // namespace saccade::models
