#include "app/output/faithfulness_report.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "core/base/random.hpp"
#include "core/text/function_words.hpp"
#include "models/occluded_caption.hpp"

namespace saccade::app {
void FaithfulnessProbe::read(models::Captioner& model, const torch::Tensor& pixels, const Caption& caption,
                             const std::vector<std::size_t>& places) {
  std::vector<metrics::MappedWord> words;
  words.reserve(places.size());
  for (const std::size_t place : places) words.push_back({place, caption.alpha_of(place)});
  metrics::FaithfulnessOptions options;
  options.seed = derived_seed({seed_, summary_.photos()});
  summary_.add_photo(metrics::measure_faithfulness(caption.grid, words,
                                                   models::occluded_reader(model, pixels, caption.words), options));
}

std::vector<std::size_t> content_places(const Caption& caption) {
  std::vector<std::size_t> places;
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    if (!is_function_word(caption.words[t])) places.push_back(t);
  }
  return places;
}

void print_faithfulness(const WordFindings& findings) {
  const auto& scores = findings.scores;
  const std::string heading = fmt::format("faithfulness, {} photos, {} words", findings.photos, findings.words);
  const std::size_t width = std::max<std::size_t>(heading.size(), 36);
  fmt::print("\n{:<{}}{:>28}{:>28}\n", heading, width, "deletion (nats)", "insertion (nats)");
  for (std::size_t o = 0; o < metrics::kCellOrders; ++o) {
    fmt::print("{:<{}}{:>28}{:>28}\n", "cells by order: " + metrics::cell_order_names()[o], width, text_of(scores[o]),
               text_of(scores[metrics::kCellOrders + o]));
  }
  fmt::print("\n{:<{}}{:>28}\n", "to the most damaging cell", width, "distance (cells)");
  const char* const from[] = {"from the largest weight", "from the center", "from a random cell"};
  for (std::size_t i = 0; i < 3; ++i) {
    fmt::print("{:<{}}{:>28}\n", from[i], width, text_of(scores[2 * metrics::kCellOrders + i]));
  }
}

}  // namespace saccade::app
