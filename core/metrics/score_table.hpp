#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/metrics/evaluation.hpp"

namespace saccade::metrics {

/// The scores of each image as CSV (RFC 4180, LF line ends): a header, then id, scores in full precision and caption.
/// `captions`: one per image, or empty to omit the column. Throws Error if the numbers differ.
std::string score_table(const Scores& scores, const std::vector<std::string>& captions = {});

/// Writes the table to a file. Throws Error like score_table, or if it cannot be written.
void write_score_table(const std::filesystem::path& path, const Scores& scores,
                       const std::vector<std::string>& captions = {});

}  // namespace saccade::metrics
