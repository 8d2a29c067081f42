#include "app/options/device.hpp"

#include <fmt/format.h>
#include <torch/cuda.h>

#include "app/command.hpp"
#include "core/base/error.hpp"

namespace saccade::app {

torch::Device device_of(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name != "auto" && name != "cuda") {
    throw UsageError(fmt::format("--device must be auto, cpu or cuda, not '{}'", name));
  }
  if (torch::cuda::is_available()) return torch::kCUDA;
  if (name == "cuda") throw Error("--device cuda: this LibTorch finds no CUDA device");
  return torch::kCPU;
}

models::Precision precision_of(const std::string& name) {
  if (name == "auto") return models::fastest_precision();
  if (name == "float32") return models::Precision::kFloat32;
  if (name == "bfloat16") return models::Precision::kBfloat16;
  throw UsageError(fmt::format("--precision must be auto, float32 or bfloat16, not '{}'", name));
}

}  // namespace saccade::app
