#include "tests/models/published_weights.hpp"

#include <cmath>

namespace saccade::test {

std::vector<PublishedConvolution> lite0_convolutions() {
  struct Stage {
    int blocks;
    std::int64_t kernel, stride, expansion, out;
  };
  const Stage stages[] = {{1, 3, 1, 1, 16},  {2, 3, 2, 6, 24},  {2, 5, 2, 6, 40}, {3, 3, 2, 6, 80},
                          {3, 5, 1, 6, 112}, {4, 5, 2, 6, 192}, {1, 3, 1, 6, 320}};
  std::vector<PublishedConvolution> all{{"_conv_stem", "_bn0", 3, 32, 3, 2, false, true, false, false}};
  std::int64_t in = 32;
  int number = 0;
  for (const Stage& stage : stages) {
    for (int i = 0; i < stage.blocks; ++i) {
      const std::string block = "_blocks." + std::to_string(number++) + ".";
      const std::int64_t stride = i == 0 ? stage.stride : 1;
      const std::int64_t wide = in * stage.expansion;
      const bool expands = stage.expansion != 1;
      if (expands) all.push_back({block + "_expand_conv", block + "_bn0", in, wide, 1, 1, false, true, true, false});
      all.push_back(
          {block + "_depthwise_conv", block + "_bn1", wide, wide, stage.kernel, stride, true, true, !expands, false});
      all.push_back({block + "_project_conv", block + "_bn2", wide, stage.out, 1, 1, false, false, false,
                     stride == 1 && in == stage.out});
      in = stage.out;
    }
  }
  all.push_back({"_conv_head", "_bn1", in, 1280, 1, 1, false, true, false, false});
  return all;
}

models::StateDict published_lite0(std::uint64_t seed) {
  torch::manual_seed(seed);
  models::StateDict weights;
  for (const auto& c : lite0_convolutions()) {
    const std::int64_t fan_in = (c.depthwise ? 1 : c.in) * c.kernel * c.kernel;
    weights[c.convolution + ".weight"] = torch::randn({c.out, c.depthwise ? 1 : c.in, c.kernel, c.kernel}) *
                                         std::sqrt(2.0 / static_cast<double>(fan_in));
    weights[c.normalization + ".weight"] = torch::rand({c.out}) + 0.5;
    weights[c.normalization + ".bias"] = torch::randn({c.out}) * 0.3;
    weights[c.normalization + ".running_mean"] = torch::randn({c.out}) * 0.3;
    weights[c.normalization + ".running_var"] = torch::rand({c.out}) + 0.5;
    weights[c.normalization + ".num_batches_tracked"] = torch::tensor(7, torch::kLong);
  }
  weights["_fc.weight"] = torch::zeros({1000, 1280});
  weights["_fc.bias"] = torch::zeros({1000});
  return weights;
}

}  // namespace saccade::test
