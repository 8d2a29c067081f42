#include "models/decoder/search_options.hpp"

namespace saccade::models {

const Registry<CellChoice>& cell_choices() {
  static const Registry<CellChoice> registry("choice of cells", {{"medoid", CellChoice::kMedoid},
                                                                 {"argmax", CellChoice::kArgmax},
                                                                 {"sample", CellChoice::kSample},
                                                                 {"expected", CellChoice::kExpected}});
  return registry;
}

void SearchOptions::fields(Fields& f) {
  f(beam, "beam", Range{1, 100}, "Set the beam width; 1 is greedy search.", Affects::kResult);
  f(max_length, "max-length", Range{1, 1000}, "End captions after N words.", Affects::kResult);
  f(min_length, "min-length", Range{0, 1000}, "Do not end captions before N words.", Affects::kResult);
  f(length_penalty, "length-penalty", Range{0, 10},
    "Rank captions by log p / (words + 1)^X, where 1 counts <end>. Default: the value stored in the model.",
    Affects::kResult);
  f(specificity, "specificity", Range{0, 1},
    "Rank words by log p(word | photo) - X log p(word | blank image). Larger values give less common words. "
    "Default: the value stored in the model.",
    Affects::kResult);
  f(cell, "cell-selection", cell_choices(), kCellHelp, Affects::kResult);
  f(seed, "seed", kSeeds, "Set the random seed.", Affects::kResult);
}

}  // namespace saccade::models
