// Baseline for start-up: a program that creates and sums one LibTorch tensor and exits.

#include <cstdio>

#include <ATen/ATen.h>

int main() {
  const at::Tensor ones = at::ones({2, 2});
  std::printf("%g\n", ones.sum().item<double>());
  return 0;
}
