#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/metrics/corpus.hpp"

namespace saccade::test {

/// One file of tests/data/metrics.
struct Golden {
  std::vector<ScoredItem> items;
  std::map<std::string, double> corpus;               ///< by the name of the score
  std::vector<std::map<std::string, double>> images;  ///< for each item
  std::int64_t hypothesis_length = 0;
  std::int64_t reference_length = 0;
  std::array<std::int64_t, 4> ngrams{};
  std::array<std::int64_t, 4> matched{};
};

/// The names of the files without their ending.
const std::vector<std::string>& golden_names();

Golden load_golden(const std::string& name);

/// An item from plain sentences.
ScoredItem make_item(const std::string& id, const std::string& hypothesis, const std::vector<std::string>& references);

}  // namespace saccade::test
