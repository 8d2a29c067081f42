#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/data/dataset.hpp"

namespace saccade::app {

/// A finding for each photo of `other` that is also in `training`: the same file by whatever path, or a file of the
/// same bytes. Files are only read where one of the other part has their size. `name`: of the other part.
std::vector<Finding> shared_photos(const std::filesystem::path& images, const CaptionDataset& training,
                                   const CaptionDataset& other, const std::string& name);

}  // namespace saccade::app
