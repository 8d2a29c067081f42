#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <torch/types.h>

#include "models/weights/state_dict.hpp"

namespace saccade::models {

/// A published convolution with batch normalization, and the equivalent convolution with a bias.
struct FoldedConvolution {
  std::string convolution;    ///< name in the published file: `NAME.weight` ...
  std::string normalization;  ///< ... and `NAME.{weight, bias, running_mean, running_var}`
  torch::Tensor weight;       ///< [out, in, kernel, kernel]
  torch::Tensor bias;         ///< [out]
};

/// Folds batch normalization into the convolutions (Jacob et al. 2018, equation 14, with the published statistics):
///
///     w' = w g / sqrt(var + epsilon)        b' = b - mean g / sqrt(var + epsilon)
///
/// `others`: shapes of other required tensors; `ignored`: names of optional ones. `num_batches_tracked` is always
/// ignored. Throws Error with the names of all missing, unexpected or misshapen tensors of `file`.
void load_folded(const std::vector<FoldedConvolution>& convolutions, const StateDict& weights, double epsilon,
                 std::map<std::string, std::vector<std::int64_t>> others, std::set<std::string> ignored,
                 const std::string& file);

}  // namespace saccade::models
