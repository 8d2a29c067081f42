#pragma once

#include <string>
#include <vector>

#include "core/text/tokens.hpp"

namespace saccade {

/// One image to score: what was said of it and what should have been.
struct ScoredItem {
  std::string id;
  Tokens hypothesis;               ///< may be empty: scores 0 everywhere
  std::vector<Tokens> references;  ///< at least one
};

/// Throws Error when there is no item, when an id occurs twice, or when an item has no reference; names the id.
void check_items(const std::vector<ScoredItem>& items);

}  // namespace saccade
