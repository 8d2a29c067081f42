#include "models/training/adam.hpp"

#include <cmath>
#include <utility>

#include <ATen/Parallel.h>

#include "core/base/error.hpp"

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::int64_t kGrain = 1 << 15;

struct Coefficients {
  float beta1, beta2, epsilon, rate, decay, correction1, correction2;
};

void update(float* __restrict p, const float* __restrict g, float* __restrict m, float* __restrict v, std::int64_t n,
            const Coefficients k) {
  for (std::int64_t i = 0; i < n; ++i) {
    m[i] = k.beta1 * m[i] + (1 - k.beta1) * g[i];
    v[i] = k.beta2 * v[i] + (1 - k.beta2) * g[i] * g[i];
    p[i] -= k.rate * (k.correction1 * m[i] / (std::sqrt(k.correction2 * v[i]) + k.epsilon) + k.decay * p[i]);
  }
}

}  // namespace

Adam::Adam(std::vector<Tensor> parameters, Options options) : parameters_(std::move(parameters)), options_(options) {
  const torch::NoGradGuard no_gradient;
  for (const auto& parameter : parameters_) {
    m_.push_back(at::zeros_like(parameter));
    v_.push_back(at::zeros_like(parameter));
  }
}

double Adam::clip_gradients(double limit) {
  const torch::NoGradGuard no_gradient;
  double squares = 0;
  for (const auto& parameter : parameters_) {
    if (parameter.grad().defined()) squares += std::pow(parameter.grad().norm().item<double>(), 2);
  }
  const double norm = std::sqrt(squares);
  if (limit > 0 && norm > limit) {
    for (const auto& parameter : parameters_) {
      if (parameter.grad().defined()) parameter.grad().mul_(limit / norm);
    }
  }
  return norm;
}

void Adam::step(const std::vector<double>& rates) {
  const torch::NoGradGuard no_gradient;
  ++steps_;
  const double correction1 = 1 / (1 - std::pow(options_.beta1, steps_));
  const double correction2 = 1 / (1 - std::pow(options_.beta2, steps_));
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    Tensor& p = parameters_[i];
    if (!p.grad().defined() || rates[i] == 0) continue;
    const bool matrix = p.dim() > 1;  // no decay for biases and gains
    const double decay = matrix ? options_.weight_decay : 0;
    // Uses the memory layout of the parameter for all four tensors.
    const Tensor g = p.grad().strides() == p.strides() ? p.grad() : at::empty_like(p).copy_(p.grad());
    if (p.is_cpu() && p.is_non_overlapping_and_dense()) {
      const Coefficients k{
          static_cast<float>(options_.beta1), static_cast<float>(options_.beta2), static_cast<float>(options_.epsilon),
          static_cast<float>(rates[i]),       static_cast<float>(decay),          static_cast<float>(correction1),
          static_cast<float>(correction2)};
      float *ps = p.data_ptr<float>(), *gs = g.data_ptr<float>(), *ms = m_[i].data_ptr<float>(),
            *vs = v_[i].data_ptr<float>();
      at::parallel_for(0, p.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
        update(ps + begin, gs + begin, ms + begin, vs + begin, end - begin, k);
      });
      continue;
    }
    m_[i].mul_(options_.beta1).add_(g, 1 - options_.beta1);
    v_[i].mul_(options_.beta2).addcmul_(g, g, 1 - options_.beta2);
    const Tensor direction = (correction1 * m_[i]) / ((correction2 * v_[i]).sqrt_() + options_.epsilon);
    p.sub_(rates[i] * (direction + decay * p));
  }
}

void Adam::zero_gradients() {
  for (auto& parameter : parameters_) parameter.mutable_grad() = Tensor();
}

StateDict Adam::state() const {
  StateDict state{{"steps", torch::tensor({steps_}, torch::kLong)}};
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    state[fmt::format("m.{}", i)] = m_[i];
    state[fmt::format("v.{}", i)] = v_[i];
  }
  return state;
}

void Adam::load_state(const StateDict& state) {
  const torch::NoGradGuard no_gradient;
  const auto take = [&state](const std::string& name, Tensor& into) {
    const auto found = state.find(name);
    if (found == state.end() || found->second.sizes() != into.sizes()) {
      throw Error("the optimizer's state '{}' does not fit this model", name);
    }
    into.copy_(found->second);
  };
  Tensor steps = torch::zeros({1}, torch::kLong);
  take("steps", steps);
  steps_ = steps.item<std::int64_t>();
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    take(fmt::format("m.{}", i), m_[i]);
    take(fmt::format("v.{}", i), v_[i]);
  }
}

}  // namespace saccade::models
