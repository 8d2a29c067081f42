#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace saccade {

/// Which images a model learns from, which choose the best one, and which are kept for the last measurement.
struct Split {
  std::vector<std::string> train, dev, test;
};

/// As the captions file itself says (Karpathy's `train` and `restval`, `val` or `dev`, `test`). Where it says nothing,
/// drawn by `seed`, whole photos with all their captions: a tenth of the images is dev and a tenth test, at most a
/// thousand each. An image's place among the others depends on its name and the seed alone. Throws Error when there is
/// no image to learn from, or none to choose by.
Split split_of(const CaptionsFile& file, const CaptionDataset& dataset, std::uint64_t seed);

}  // namespace saccade
