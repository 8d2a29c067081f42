#include "app/options/compute_options.hpp"

#include <cstdio>

#include <torch/cuda.h>

#include "core/base/error.hpp"
#include "models/kernels/runtime.hpp"
#include "vision/files/image.hpp"

namespace saccade::app {

void ComputeOptions::fields(Fields& f) {
  f.section("Machine");
  f(precision_name, "precision", {"auto", "float32", "bfloat16"},
    "Precision of large matrix products; auto is bfloat16 where the processor has it.", Affects::kNothing);
  f(threads, "threads", Range{0, 1024}, "Threads; 0 is one for each core (and one for a single photo).",
    Affects::kNothing);
  f(device_name, "device", {"auto", "cpu", "cuda"}, "What computes; auto is CUDA where there is a device.",
    Affects::kNothing);
  f(megapixels, "megapixels", Range{1, 1000}, "Largest picture that is read, in millions of pixels.",
    Affects::kNothing);
}

models::Precision ComputeOptions::precision() const {
  if (precision_name == "auto") return models::fastest_precision();
  return precision_name == "bfloat16" ? models::Precision::kBfloat16 : models::Precision::kFloat32;
}

torch::Device ComputeOptions::device() const {
  if (device_name == "cpu") return torch::kCPU;
  if (torch::cuda::is_available()) return torch::kCUDA;
  if (device_name == "cuda") throw Error("--device cuda: this LibTorch finds no CUDA device; leave the option out");
  return torch::kCPU;
}

void ComputeOptions::use_threads(bool single_photo) const {
  vision::set_largest_picture(megapixels);
  int count = threads;
  if (count == 0) count = single_photo ? 1 : models::usable_cores();
  models::set_threads(count);
  if (count > 1 && models::has_foreign_threads()) {
    std::fputs(
        "saccade: warning: OpenBLAS with threads of its own is loaded, which is up to three times slower here; install "
        "libopenblas0-openmp and let the alternatives libblas.so.3 and liblapack.so.3 point to it\n",
        stderr);
  }
}

}  // namespace saccade::app
