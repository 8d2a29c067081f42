#pragma once

#include <filesystem>
#include <vector>

#include "core/metrics/corpus.hpp"
#include "core/metrics/evaluation.hpp"

namespace saccade::app {

/// Writes captions as COCO results JSON. These functions throw Error if the file cannot be written.
void write_results(const std::filesystem::path& path, const std::vector<ScoredItem>& items);

/// Writes the references as COCO annotations JSON, for other scorers.
void write_references(const std::filesystem::path& path, const std::vector<ScoredItem>& items);

/// Writes the scores and captions of images as CSV.
void write_table(const std::filesystem::path& path, const metrics::Scores& scores,
                 const std::vector<ScoredItem>& items);

}  // namespace saccade::app
