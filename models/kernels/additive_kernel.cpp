#include "models/kernels/additive_kernel.hpp"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "models/kernels/processor_targets.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;
using torch::autograd::AutogradContext;
using torch::autograd::Function;
using torch::autograd::variable_list;

/// tanh as a rational function: an odd polynomial of degree 13 over an even one of degree 6, with the minimax
/// coefficients of Eigen's `generic_fast_tanh_float`.
__attribute__((always_inline)) inline float fast_tanh(float x) {
  constexpr float kLargest = 7.905311F;
  x = x < -kLargest ? -kLargest : x;  // NaN stays NaN, which std::clamp does not promise
  x = x > kLargest ? kLargest : x;
  const float y = x * x;
  float p = -2.76076847742355e-16F;
  p = p * y + 2.00018790482477e-13F;
  p = p * y - 8.60467152213735e-11F;
  p = p * y + 5.12229709037114e-08F;
  p = p * y + 1.48572235717979e-05F;
  p = p * y + 6.37261928875436e-04F;
  p = p * y + 4.89352455891786e-03F;
  float q = 1.19825839466702e-06F;
  q = q * y + 1.18534705686654e-04F;
  q = q * y + 2.26843463243900e-03F;
  q = q * y + 4.89352518554385e-03F;
  return x * p / q;
}

SACCADE_EVERY_PROCESSOR
float score_of_cell(const float* __restrict key, const float* __restrict query, const float* __restrict v,
                    std::int64_t width) {
  float sum = 0;
  for (std::int64_t a = 0; a < width; ++a) sum += v[a] * fast_tanh(key[a] + query[a]);
  return sum;
}

/// Adds the gradients of one cell for the gradient of its score.
SACCADE_EVERY_PROCESSOR
void cell_backward(const float* __restrict key, const float* __restrict query, const float* __restrict v,
                   float gradient, std::int64_t width, float* __restrict key_gradient, float* __restrict query_gradient,
                   float* __restrict v_gradient) {
  for (std::int64_t a = 0; a < width; ++a) {
    const float t = fast_tanh(key[a] + query[a]);
    const float inner = gradient * v[a] * (1 - t * t);
    key_gradient[a] += inner;
    query_gradient[a] += inner;
    v_gradient[a] += gradient * t;
  }
}

struct FusedScore : Function<FusedScore> {
  static Tensor forward(AutogradContext* context, const Tensor& keys, const Tensor& query, const Tensor& v) {
    context->save_for_backward({keys, query, v});
    const std::int64_t images = keys.size(0), cells = keys.size(1), width = keys.size(2), captions = query.size(1);
    Tensor scores = at::empty({images, captions, cells}, keys.options());
    const float *k = keys.data_ptr<float>(), *q = query.data_ptr<float>(), *weights = v.data_ptr<float>();
    float* out = scores.data_ptr<float>();
    at::parallel_for(0, images * captions, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const float* image = k + row / captions * cells * width;
        for (std::int64_t cell = 0; cell < cells; ++cell) {
          out[row * cells + cell] = score_of_cell(image + cell * width, q + row * width, weights, width);
        }
      }
    });
    return scores;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor &keys = saved[0], &query = saved[1], &v = saved[2];
    const Tensor gradient = gradients[0].contiguous();
    const std::int64_t images = keys.size(0), cells = keys.size(1), width = keys.size(2), captions = query.size(1);
    const Tensor keys_gradient = at::zeros_like(keys), query_gradient = at::zeros_like(query);
    const Tensor v_of_images = at::zeros({images, width}, v.options());  // summed below: images run side by side
    const float *k = keys.data_ptr<float>(), *q = query.data_ptr<float>(), *weights = v.data_ptr<float>(),
                *g = gradient.data_ptr<float>();
    float *dk = keys_gradient.data_ptr<float>(), *dq = query_gradient.data_ptr<float>(),
          *dv = v_of_images.data_ptr<float>();
    at::parallel_for(0, images, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t image = begin; image < end; ++image) {
        for (std::int64_t row = image * captions; row < (image + 1) * captions; ++row) {
          for (std::int64_t cell = 0; cell < cells; ++cell) {
            const std::int64_t place = (image * cells + cell) * width;
            cell_backward(k + place, q + row * width, weights, g[row * cells + cell], width, dk + place,
                          dq + row * width, dv + image * width);
          }
        }
      }
    });
    return {keys_gradient, query_gradient, v_of_images.sum(0)};
  }
};

}  // namespace

Tensor additive_score(const Tensor& keys, const Tensor& query, const Tensor& v) {
  if (keys.is_cpu() && keys.scalar_type() == torch::kFloat) {
    return FusedScore::apply(keys.contiguous(), query.contiguous(), v.contiguous());
  }
  return at::matmul(at::tanh(keys.unsqueeze(1) + query.unsqueeze(2)), v);
}

}  // namespace saccade::models
