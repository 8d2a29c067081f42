#include "app/options/score_options.hpp"

namespace saccade::app {

void ScoreOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  f.section("Captions");
  f(hypotheses, "hypotheses", "FILE", "Read the captions to score from FILE.", kNothing).required = true;
  f(references, "references", "FILE", "Read the reference captions from one or more files.", kNothing).required = true;
  f(against, "against", "FILE", "Compare with the captions in FILE for the same images (paired bootstrap).", kNothing);
  f(tokenizer, "tokenizer", {"ptb", "characters", "none"},
    "Tokenize as the COCO caption evaluation does (ptb), make each character of Chinese, Japanese or Thai a token "
    "(characters), or split at spaces (none).",
    kNothing);
  f(allow_missing, "allow-missing", "Skip images that have references but no hypothesis.", kNothing);
  f.section("Results");
  f(table, "table", "FILE", "Write the scores of each image to FILE as CSV.", kNothing);
  f(confidence, "confidence", Range{0.01, 0.9999}, "Print bootstrap intervals with confidence X, for example 0.95.",
    kNothing);
  f(bootstrap.resamples, "resamples", Range{10, 1e6}, "Set the number of bootstrap resamples.", kNothing);
  f(bootstrap.seed, "seed", kSeeds, "Set the seed of the bootstrap.", kNothing);
}

}  // namespace saccade::app
