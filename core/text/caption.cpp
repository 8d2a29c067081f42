#include "core/text/caption.hpp"

#include <algorithm>

#include <fmt/ranges.h>

#include "core/base/error.hpp"
#include "core/text/tokenizer.hpp"

namespace saccade {

std::string Caption::text() const {
  if (!characters) return fmt::format("{}", fmt::join(words, " "));
  std::string text;
  bool spaced = false;
  for (const std::string& word : words) {
    const bool needs_space = unspaced_characters(word) == 0;
    if (!text.empty() && (spaced || needs_space)) text += ' ';
    text += word;
    spaced = needs_space;
  }
  return text;
}

void Caption::show_map(int layer, int head) {
  if (layer < 0 || layer > layout.layers) throw Error("there is no layer {}: the model has {}", layer, layout.layers);
  if (head < 0 || head > layout.heads) throw Error("there is no head {}: the model has {}", head, layout.heads);
  if (every_alpha.empty()) return;
  const auto size = static_cast<std::size_t>(grid.cells());
  const auto maps = static_cast<std::size_t>(layout.maps());
  const auto heads = static_cast<std::size_t>(layout.heads);
  const std::size_t layer_begin = heads * static_cast<std::size_t>((layer == 0 ? layout.layers : layer) - 1);
  const std::size_t first = layer_begin + static_cast<std::size_t>(std::max(head - 1, 0));
  const std::size_t count = head == 0 ? heads : 1;
  alpha.assign(words.size() * size, 0);
  cells.clear();
  for (std::size_t t = 0; t < words.size(); ++t) {
    for (std::size_t map = first; map < first + count; ++map) {
      for (std::size_t i = 0; i < size; ++i) {
        alpha[t * size + i] += every_alpha[(t * maps + map) * size + i] / static_cast<float>(count);
      }
    }
    if (count == 1 && !every_cell.empty()) cells.push_back(every_cell[t * maps + first]);
  }
}

}  // namespace saccade
