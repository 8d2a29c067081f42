#include "app/options/score_options.hpp"

namespace saccade::app {

void ScoreOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  f.section("Captions");
  f(hypotheses, "hypotheses", "FILE", "Captions to score.", kNothing).required = true;
  f(references, "references", "FILE", "What people wrote.", kNothing).required = true;
  f(against, "against", "FILE", "Other captions of the same images: are they better? (Paired bootstrap.)", kNothing);
  f(tokenizer, "tokenizer", {"ptb", "none"},
    "How text becomes tokens: ptb as the field scores captions, none where the text is in tokens already.", kNothing);
  f(allow_missing, "allow-missing", "Leave out images that have references but no hypothesis.", kNothing);
  f.section("Results");
  f(table, "table", "FILE", "Write the scores of each image as CSV.", kNothing);
  f(confidence, "confidence", Range{0.01, 0.9999}, "Print intervals that hold the scores so surely, 0.95 say.",
    kNothing);
  f(bootstrap.resamples, "resamples", Range{10, 1e6}, "Resamples of the bootstrap.", kNothing);
  f(bootstrap.seed, "seed", kSeeds, "Seed of the bootstrap.", kNothing);
}

}  // namespace saccade::app
