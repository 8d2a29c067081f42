#pragma once

#include <filesystem>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/evaluation.hpp"

namespace saccade::app {

/// The captions as COCO results JSON. Throws Error, as all here do, when the file cannot be written.
void write_results(const std::filesystem::path& path, const std::vector<metrics::ScoredItem>& items);

/// The references as a COCO annotations file, for other scorers of the results.
void write_references(const std::filesystem::path& path, const std::vector<metrics::ScoredItem>& items);

/// The scores of each image, and its caption, as CSV.
void write_table(const std::filesystem::path& path, const metrics::Scores& scores,
                 const std::vector<metrics::ScoredItem>& items);

}  // namespace saccade::app
