// The least that a program linked with LibTorch can do: one tensor, one sum, and a proper exit. What `saccade caption`
// takes beyond this is its own.

#include <cstdio>

#include <ATen/ATen.h>

int main() {
  const at::Tensor ones = at::ones({2, 2});
  std::printf("%g\n", ones.sum().item<double>());
  return 0;
}
