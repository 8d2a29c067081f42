#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <torch/script.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/excerpt.hpp"
#include "core/base/out_of_memory.hpp"
#include "models/encoder/backbone.hpp"

// A network as a TorchScript program from `torch.jit.save`. It executes code from the file, so the caller must declare
// the file as trusted.

namespace saccade::models {
namespace {

using torch::Tensor;

constexpr std::int64_t kWidestAnnotation = 1 << 13;
constexpr int kFinestStride = 8;

/// The reason in a message of LibTorch: its first line, or its last line if the program was running, after the stack of
/// the program.
std::string reason(const std::exception& error) {
  const auto* const own = dynamic_cast<const c10::Error*>(&error);
  std::istringstream text(own != nullptr ? own->what_without_backtrace() : error.what());
  std::string first, last;
  for (std::string line; std::getline(text, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (first.empty()) first = line;
    last = line;
  }
  return excerpt(first.find("failed in the TorchScript interpreter") != std::string::npos ? last : first);
}

class TorchScript : public Backbone {
 public:
  TorchScript(int input_size, const LoadOptions& options) : input_size_(input_size), options_(options) {}

  /// Calls the program once per image with [1, 3, S, S], because it may have been traced with a single image.
  Tensor forward(Tensor images) override {
    std::vector<Tensor> maps;
    for (std::int64_t i = 0; i < images.size(0); ++i) {
      maps.push_back(run(images.narrow(0, i, 1).contiguous()));
      if (maps.back().sizes() != at::IntArrayRef({1, channels_, grid_.rows, grid_.columns})) {
        throw Error("{}: the TorchScript program returns feature maps of several shapes", file_);
      }
    }
    return maps.size() == 1 ? maps.front() : at::cat(maps);
  }

  std::int64_t channels() const override { return channels_; }

  /// The grid from a trial run. Receptive fields are unknown and assumed to be centered on the tiles.
  Grid grid(int /*input_size*/) const override { return grid_; }

  PixelNormalization normalization() const override { return imagenet_normalization(); }

  void load_file(const std::filesystem::path& file) override {
    const std::string bytes = read_file(file);
    Tensor program = at::empty({static_cast<std::int64_t>(bytes.size())}, at::kByte);
    if (!bytes.empty()) std::memcpy(program.data_ptr(), bytes.data(), bytes.size());
    load_published({{kProgramTensor, program}}, file.string());
  }

  void load_published(const StateDict& weights, const std::string& file) override {
    const auto found = weights.find(kProgramTensor);
    if (found == weights.end() || found->second.scalar_type() != at::kByte || found->second.dim() != 1) {
      throw Error("{}: the bytes of its TorchScript program are missing", file);
    }
    if (!options_.trust_torchscript) {
      throw Error(
          "{}: holds a TorchScript program, and opening it runs the code in it: say --trust-torchscript if you trust "
          "whoever made the file",
          file);
    }
    file_ = file;
    program_ = found->second.contiguous();
    load_module();
    const Tensor map = run(at::zeros({1, 3, input_size_, input_size_}));
    const std::int64_t most_cells = input_size_ / kFinestStride;
    const bool fits = map.size(0) == 1 && map.size(1) >= 1 && map.size(1) <= kWidestAnnotation && map.size(2) >= 1 &&
                      map.size(2) <= most_cells && map.size(3) >= 1 && map.size(3) <= most_cells;
    if (!fits) {
      throw Error(
          "{}: the TorchScript program makes [{}] of an image [1, 3, {}, {}], where a feature map [1, D, rows, "
          "columns] is wanted with D up to {} and up to {} rows and columns",
          file, fmt::join(map.sizes().vec(), ", "), input_size_, input_size_, kWidestAnnotation, most_cells);
    }
    channels_ = map.size(1);
    grid_ = {static_cast<int>(map.size(2)), static_cast<int>(map.size(3)), 0};
  }

  std::vector<std::vector<Tensor>> stages() override { return {}; }

  Tensor program() const override { return program_; }

  using torch::nn::Module::to;
  void to(torch::Device device, bool non_blocking) override { module_.to(device, non_blocking); }

 private:
  void load_module() {
    try {
      std::istringstream stream(
          std::string(static_cast<const char*>(program_.data_ptr()), static_cast<std::size_t>(program_.numel())));
      module_ = torch::jit::load(stream, torch::kCPU);
      module_.eval();
      for (Tensor parameter : module_.parameters()) parameter.set_requires_grad(false);
    } catch (const std::exception& error) {
      rethrow_out_of_memory(error);
      throw Error("{}: not a TorchScript program that this LibTorch can load: {}", file_, reason(error));
    }
  }

  /// Output of the program for an image [1, 3, S, S]: a tensor with four dimensions.
  Tensor run(const Tensor& image) {
    try {
      const torch::jit::IValue result = module_.forward({image});
      if (result.isTensor() && result.toTensor().dim() == 4 && result.toTensor().is_floating_point()) {
        return result.toTensor().to(torch::kFloat);
      }
    } catch (const std::exception& error) {
      rethrow_out_of_memory(error);
      throw Error("{}: the TorchScript program fails on an image [1, 3, {}, {}]: {}", file_, image.size(2),
                  image.size(3), reason(error));
    }
    throw Error(
        "{}: the TorchScript program does not return a feature map, one tensor of numbers [1, D, rows, columns]",
        file_);
  }

  int input_size_;
  LoadOptions options_;
  std::string file_ = "no file";
  Tensor program_ = at::empty({0}, at::kByte);
  torch::jit::Module module_;
  std::int64_t channels_ = 0;
  Grid grid_;
};

}  // namespace

void register_torchscript(BackboneRegistry& registry) {
  registry.add("torchscript", {[](const EncoderShape& shape, const LoadOptions& options) {
                 return std::make_shared<TorchScript>(shape.input_size, options);
               }});
}

}  // namespace saccade::models
