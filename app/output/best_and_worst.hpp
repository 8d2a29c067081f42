#pragma once

#include <filesystem>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/evaluation.hpp"

namespace saccade::app {

/// Writes a picture of the photos with the best and worst captions by CIDEr-D, with their references. `images`: image
/// folder. Throws Error if a photo cannot be read or the picture cannot be written.
void write_best_and_worst(const std::filesystem::path& path, int best, int worst, const std::filesystem::path& images,
                          const std::vector<ScoredItem>& items, const metrics::Scores& scores);

}  // namespace saccade::app
