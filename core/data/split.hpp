#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/data/dataset.hpp"

namespace saccade {

/// Which images a model learns from, which choose the best one, and which are kept for the last measurement.
struct Split {
  std::vector<std::string> train, dev, test;
};

enum class Part { kTrain, kDev, kTest };

/// The part that a split of this name belongs to, in any case and with a year behind it: "train", "training" and
/// Karpathy's "restval"; "dev", "val", "valid", "validation" and "development"; "test" and "testing".
std::optional<Part> part_of(std::string_view name);

/// As the captions file itself says (part_of), without images of other splits, which are added to `findings`. Where it
/// says nothing, drawn by `seed`, whole photos with all their captions: a tenth of the images is dev and a tenth test,
/// at most a thousand each. An image's place among the others depends on its name and the seed alone. Any part may be
/// empty.
Split split_of(const CaptionsFile& file, const CaptionDataset& dataset, std::uint64_t seed,
               std::vector<Finding>* findings = nullptr);

}  // namespace saccade
