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
    "Set the precision of large matrix products. auto uses bfloat16 if the device supports it in hardware.",
    Affects::kNothing);
  f(threads, "threads", Range{0, 1024},
    "Set the number of threads. 0 means one per core, or one in total for a single photo.", Affects::kNothing);
  f(device_name, "device", {"auto", "cpu", "cuda"}, "Set the device. auto uses CUDA if it is available.",
    Affects::kNothing);
  f(megapixels, "megapixels", Range{1, 1000}, "Refuse images with more than N million pixels.", Affects::kNothing);
}

models::Precision ComputeOptions::precision() const {
  if (precision_name == "auto") return models::fastest_precision(device());
  return precision_name == "bfloat16" ? models::Precision::kBfloat16 : models::Precision::kFloat32;
}

torch::Device ComputeOptions::device() const {
  if (device_name == "cpu") return torch::kCPU;
  if (torch::cuda::is_available()) return torch::kCUDA;
  if (device_name == "cuda")
    throw Error("--device cuda: LibTorch finds no CUDA device; use --device cpu or a LibTorch with CUDA");
  return torch::kCPU;
}

void ComputeOptions::use_threads(bool single_photo) const {
  vision::set_largest_picture(megapixels);
  int count = threads;
  if (count == 0) count = single_photo ? 1 : models::usable_cores();
  models::set_threads(count);
  if (count > 1 && models::has_foreign_threads()) {
    std::fputs(
        "saccade: warning: this OpenBLAS uses its own threads, which can make Saccade three times slower; install "
        "libopenblas0-openmp and select it for libblas.so.3 and liblapack.so.3 with update-alternatives\n",
        stderr);
  }
}

}  // namespace saccade::app
