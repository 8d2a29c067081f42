#pragma once

#include <filesystem>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/evaluation.hpp"

namespace saccade::app {

/// Writes a picture of the photos with the `best` best and the `worst` worst captions by CIDEr-D, each with what was
/// and what should have been said. `images`: folder of the photos. Throws Error when a photo cannot be read or the
/// picture not be written.
void write_best_and_worst(const std::filesystem::path& path, int best, int worst, const std::filesystem::path& images,
                          const std::vector<metrics::ScoredItem>& items, const metrics::Scores& scores);

}  // namespace saccade::app
