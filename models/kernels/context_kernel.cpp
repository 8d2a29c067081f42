#include "models/kernels/context_kernel.hpp"

#include <algorithm>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "models/kernels/processor_targets.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

SACCADE_EVERY_PROCESSOR
void add_scaled(const float* __restrict x, float factor, std::int64_t width, float* __restrict sum) {
  for (std::int64_t d = 0; d < width; ++d) sum[d] += factor * x[d];
}

SACCADE_EVERY_PROCESSOR
float dot(const float* __restrict x, const float* __restrict y, std::int64_t width) {
  float sum = 0;
  for (std::int64_t d = 0; d < width; ++d) sum += x[d] * y[d];
  return sum;
}

/// Pointers to the rows.
struct Rows {
  Rows(const Tensor& alpha_rows, const Tensor& cell_rows, const Tensor& all_annotations, const Tensor& image_rows)
      : count(alpha_rows.size(0)),
        cells(all_annotations.size(1)),
        width(all_annotations.size(2)),
        alpha(alpha_rows.data_ptr<float>()),
        annotations(all_annotations.data_ptr<float>()),
        image(image_rows.data_ptr<std::int64_t>()),
        cell(cell_rows.data_ptr<std::int64_t>()) {}

  std::int64_t place(std::int64_t row, std::int64_t i) const { return (image[row] * cells + i) * width; }

  std::int64_t count, cells, width;
  const float *alpha, *annotations;
  const std::int64_t *image, *cell;
};

struct Contexts : Function<Contexts> {
  static Tensor forward(AutogradContext* context, const Tensor& alpha, const Tensor& cell, const Tensor& annotations,
                        const Tensor& image) {
    context->save_for_backward({alpha, cell, annotations, image});
    context->saved_data["needs_annotations"] = annotations.requires_grad();
    const Rows rows(alpha, cell, annotations, image);
    Tensor result = at::zeros({rows.count, rows.width}, alpha.options());
    auto* out = result.data_ptr<float>();
    at::parallel_for(0, rows.count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        float* sum = out + row * rows.width;
        const std::int64_t chosen = rows.cell[row];
        if (chosen >= 0) {
          std::copy_n(rows.annotations + rows.place(row, chosen), rows.width, sum);
          continue;
        }
        for (std::int64_t i = 0; i < rows.cells; ++i) {
          add_scaled(rows.annotations + rows.place(row, i), rows.alpha[row * rows.cells + i], rows.width, sum);
        }
      }
    });
    return result;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor gradient = gradients[0].contiguous();
    const Rows rows(saved[0], saved[1], saved[2], saved[3]);
    const float* g = gradient.data_ptr<float>();
    Tensor for_alpha = at::zeros_like(saved[0]);
    auto* alpha_out = for_alpha.data_ptr<float>();
    at::parallel_for(0, rows.count, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        if (rows.cell[row] >= 0) continue;
        for (std::int64_t i = 0; i < rows.cells; ++i) {
          alpha_out[row * rows.cells + i] =
              dot(rows.annotations + rows.place(row, i), g + row * rows.width, rows.width);
        }
      }
    });
    Tensor for_annotations;
    if (context->saved_data["needs_annotations"].toBool()) {
      for_annotations = at::zeros_like(saved[2]);
      auto* out = for_annotations.data_ptr<float>();
      // Rows of one image add to the same cells, so the threads divide the width instead of the rows.
      constexpr std::int64_t kLeastWidth = 64;
      at::parallel_for(0, rows.width, kLeastWidth, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = 0; row < rows.count; ++row) {
          const float* x = g + row * rows.width + begin;
          const std::int64_t chosen = rows.cell[row];
          if (chosen >= 0) {
            add_scaled(x, 1, end - begin, out + rows.place(row, chosen) + begin);
            continue;
          }
          for (std::int64_t i = 0; i < rows.cells; ++i) {
            add_scaled(x, rows.alpha[row * rows.cells + i], end - begin, out + rows.place(row, i) + begin);
          }
        }
      });
    }
    return {for_alpha, Tensor(), for_annotations, Tensor()};
  }
};

}  // namespace

Tensor context_vectors(const Tensor& alpha, const Tensor& cell, const Tensor& annotations, const Tensor& image) {
  if (alpha.is_cpu() && alpha.scalar_type() == torch::kFloat && annotations.scalar_type() == torch::kFloat) {
    const Tensor choice = cell.defined() ? cell.contiguous() : at::full_like(image, -1);
    return Contexts::apply(alpha.contiguous(), choice, annotations.contiguous(), image.contiguous());
  }
  Tensor weights = alpha;
  if (cell.defined()) {
    const Tensor one_hot = at::zeros_like(alpha).scatter_(1, cell.clamp_min(0).unsqueeze(1), 1);
    weights = at::where(cell.unsqueeze(1) < 0, alpha, one_hot);
  }
  return at::bmm(weights.unsqueeze(1), annotations.index_select(0, image)).squeeze(1);
}

}  // namespace saccade::models
