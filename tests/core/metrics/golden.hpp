#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/metrics/corpus.hpp"

namespace saccade::test {

/// The content of a file in tests/data/metrics.
struct Golden {
  std::vector<ScoredItem> items;
  std::map<std::string, double> corpus;               ///< by score name
  std::vector<std::map<std::string, double>> images;  ///< for each item, by score name
  std::int64_t hypothesis_length = 0;
  std::int64_t reference_length = 0;
  std::array<std::int64_t, 4> ngrams{};
  std::array<std::int64_t, 4> matched{};
};

/// The names of the files without extension.
const std::vector<std::string>& golden_names();

Golden load_golden(const std::string& name);

/// Tokenizes sentences into an item.
ScoredItem make_item(const std::string& id, const std::string& hypothesis, const std::vector<std::string>& references);

}  // namespace saccade::test
