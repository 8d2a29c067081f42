#include "core/data/scored_item.hpp"

#include <string_view>
#include <unordered_set>

#include "core/base/error.hpp"

namespace saccade {

void check_items(const std::vector<ScoredItem>& items) {
  if (items.empty()) throw Error("there is nothing to score: the corpus has no image");
  std::unordered_set<std::string_view> ids;
  ids.reserve(items.size());
  for (const ScoredItem& item : items) {
    if (!ids.insert(item.id).second) throw Error("image \"{}\" is in the corpus to score twice", item.id);
    if (item.references.empty()) throw Error("image \"{}\" has no reference to score against", item.id);
  }
}

}  // namespace saccade
