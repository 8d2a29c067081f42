#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// A convolution that was published without a bias and with batch normalization behind it, and the convolution with a
/// bias that does the work of both.
struct FoldedConvolution {
  std::string convolution;    ///< what the published file calls it: `NAME.weight` ...
  std::string normalization;  ///< ... and `NAME.{weight, bias, running_mean, running_var}`
  torch::Tensor weight;       ///< [out, in, kernel, kernel]
  torch::Tensor bias;         ///< [out]
};

/// Fills the convolutions from published weights (Jacob et al. 2018, eq. 14, for the published statistics):
///
///     w' = w g / sqrt(var + epsilon)        b' = b - mean g / sqrt(var + epsilon)
///
/// `others` are the shapes of what else the file must hold, `ignored` names what it may hold; the counters
/// `num_batches_tracked` are ignored anyway. Throws Error naming every missing, unexpected or misshapen tensor of
/// `file`.
void load_folded(const std::vector<FoldedConvolution>& convolutions, const StateDict& weights, double epsilon,
                 std::map<std::string, std::vector<std::int64_t>> others, std::set<std::string> ignored,
                 const std::string& file);

}  // namespace saccade::models
