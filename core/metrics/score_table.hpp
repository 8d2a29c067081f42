#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/metrics/evaluation.hpp"

namespace saccade::metrics {

/// The scores of each image as comma-separated values (RFC 4180, lines end in a line feed): a header line, then for
/// each image its id, its scores in full precision and its caption. `captions` has one for each image, or is empty:
/// then there is no such column. Throws Error when their numbers differ.
std::string score_table(const Scores& scores, const std::vector<std::string>& captions = {});

/// Writes the table to a file. Throws Error as above and when it cannot be written.
void write_score_table(const std::filesystem::path& path, const Scores& scores,
                       const std::vector<std::string>& captions = {});

}  // namespace saccade::metrics
