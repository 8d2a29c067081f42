#include "models/encoder/folding.hpp"

namespace saccade::models {

void load_folded(const std::vector<FoldedConvolution>& convolutions, const StateDict& weights, double epsilon,
                 std::map<std::string, std::vector<std::int64_t>> others, std::set<std::string> ignored,
                 const std::string& file) {
  auto& shapes = others;
  for (const auto& each : convolutions) {
    shapes[each.convolution + ".weight"] = each.weight.sizes().vec();
    for (const char* part : {".weight", ".bias", ".running_mean", ".running_var"}) {
      shapes[each.normalization + part] = each.bias.sizes().vec();
    }
    ignored.insert(each.normalization + ".num_batches_tracked");
  }
  check_state_dict(weights, shapes, ignored, file);

  const torch::NoGradGuard no_gradient;
  for (const auto& each : convolutions) {
    const auto of = [&weights](const std::string& name) { return weights.at(name).to(torch::kDouble); };
    const torch::Tensor gain =
        of(each.normalization + ".weight") / (of(each.normalization + ".running_var") + epsilon).sqrt();
    each.weight.copy_(of(each.convolution + ".weight") * gain.view({-1, 1, 1, 1}));
    each.bias.copy_(of(each.normalization + ".bias") - of(each.normalization + ".running_mean") * gain);
  }
}

}  // namespace saccade::models
