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
  f(beam, "beam", Range{1, 100}, "Beam width; 1 is greedy search.", Affects::kResult);
  f(max_length, "max-length", Range{1, 1000}, "Words after which a caption is cut.", Affects::kResult);
  f(min_length, "min-length", Range{0, 1000}, "Words before which no caption ends.", Affects::kResult);
  f(length_penalty, "length-penalty", Range{0, 10},
    "Power p in the score log p / words^p by which finished captions are ranked; of a model that was trained with "
    "another, that one.",
    Affects::kResult);
  f(cell, "cell", cell_choices(), kCellHelp, Affects::kResult);
  f(seed, "seed", kSeeds, "Seed of what is drawn at random.", Affects::kResult);
}

}  // namespace saccade::models
