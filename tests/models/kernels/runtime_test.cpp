#include "models/kernels/runtime.hpp"

#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include "models/kernels/additive_kernel.hpp"
#include "models/kernels/context_kernel.hpp"

using namespace saccade;
using torch::Tensor;

namespace {

/// Sets the number of threads and restores it on destruction.
struct Threads {
  int before = at::get_num_threads();

  explicit Threads(int count) { at::set_num_threads(count); }
  ~Threads() { at::set_num_threads(before); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
};

/// Outputs and gradients of the attention kernels.
std::vector<Tensor> kernel_results(int threads) {
  const Threads set(threads);
  torch::manual_seed(7);
  const Tensor annotations = torch::randn({3, 49, 200}).requires_grad_();
  const Tensor keys = torch::randn({3, 49, 128}).requires_grad_(), query = torch::randn({3, 5, 128}).requires_grad_();
  const Tensor v = torch::randn({128}).requires_grad_();
  const Tensor scores = models::additive_score(keys, query, v);
  const Tensor image = torch::arange(3, torch::kLong).repeat_interleave(5);
  const Tensor context = models::context_vectors(scores.reshape({15, 49}).softmax(1), {}, annotations, image);
  (context * torch::randn({15, 200})).sum().backward();
  return {scores, context, annotations.grad(), keys.grad(), query.grad(), v.grad()};
}

std::ptrdiff_t threads_of_process() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

}  // namespace

TEST_CASE("the kernels give the same results with one and with several threads") {
  const auto one = kernel_results(1), several = kernel_results(3);
  for (std::size_t i = 0; i < one.size(); ++i) {
    CAPTURE(i);
    CHECK(one[i].equal(several[i]));
  }
}

#ifndef __SANITIZE_THREAD__  // ThreadSanitizer builds do not use OpenMP
TEST_CASE("with several threads, the process has more OpenMP threads than cores") {
  const int before = at::get_num_threads();
  models::set_threads(2);
  for (int i = 0; i < 100 && threads_of_process() < models::usable_cores() + 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(threads_of_process() >= models::usable_cores() + 2);
  at::set_num_threads(before);
}
#endif
