#pragma once

#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace saccade::app {

/// Returns a finding for each photo of `other` that is also in `training`: the same file by any path, or a file with
/// the same bytes. Reads only files whose size occurs in both. `name`: name of the other part.
std::vector<Finding> shared_photos(const CaptionDataset& training, const CaptionDataset& other,
                                   const std::string& name);

}  // namespace saccade::app
