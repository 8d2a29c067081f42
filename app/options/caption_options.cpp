#include "app/options/caption_options.hpp"

#include <fmt/format.h>

namespace saccade::app {

void CaptionOptions::fields(Fields& f) {
  f.section("Captions");
  model.fields(f);
  search.fields(f);
  f(top, "top", Range{1, 100}, "Print the N best captions per photo, at most the beam width.", Affects::kNothing);
  f(samples, "samples", Range{1, 1000},
    "Print N sampled captions per photo with --cell-selection sample, with the seeds SEED, SEED + 1, and so on. The "
    "default beam width is then 1.",
    Affects::kNothing);
  f(head, "head", Range{0, 64}, "Draw and print the maps of head N, counted from 1. 0 means the mean over all heads.",
    Affects::kNothing);
  f(layer, "layer", Range{0, 64},
    "Draw and print the maps of Transformer layer N, counted from 1. 0 means the last layer.", Affects::kNothing);
  f(json, "json", "Print JSON with all attention weights.", Affects::kNothing);
  f.section("Pictures");
  f(page, "page", "FILE", "Write a web page with the captions and attention maps of all photos to FILE.",
    Affects::kNothing);
  f(compare, "compare", "MODEL", "Also show the captions of MODEL on the page.", Affects::kNothing);
  pictures.fields(f);
  many.fields(f);
  compute.fields(f);
}

void CaptionOptions::check(const Given& given) {
  beam_given = given.count("beam") != 0;
  const int widest = search.cell == models::CellChoice::kSample && !beam_given ? 1 : search.beam;
  many.check();
  check_lengths(search);
  if (photos.empty()) throw UsageError("no photo given; see saccade caption --help");
  if (top > widest) {
    throw UsageError(fmt::format("--top must be at most the beam width, {}, not {}; give a wider --beam", widest, top));
  }
  if (samples > 1 && search.cell != models::CellChoice::kSample)
    throw UsageError("--samples requires --cell-selection sample");
  if (samples > 1 && top > 1) throw UsageError("--samples and --top cannot be combined; leave out one of them");
  if (!pictures.scan_path.empty() && search.cell == models::CellChoice::kExpected) {
    throw UsageError("--scan-path requires --cell-selection medoid, argmax or sample, which select single cells");
  }
  if (json && !many.output.empty())
    throw UsageError("--json applies to standard output only; for JSON in a file, use --output FILE.jsonl");
  if (many.resume && !page.empty()) {
    throw UsageError("--page and --resume cannot be combined, because --resume skips photos; leave out one of them");
  }
  if (!compare.empty() && page.empty()) throw UsageError("--compare requires --page");
  if (pictures.overlay_each && pictures.overlay.empty()) {
    throw UsageError("--overlay-each requires --overlay");
  }
}

models::SearchOptions CaptionOptions::search_of(const models::Captioner& captioner) const {
  models::SearchOptions own = search;
  if (own.specificity < 0) own.specificity = captioner.specificity;
  if (own.cell == models::CellChoice::kSample && captioner.decoder->stochastic() && !beam_given) own.beam = 1;
  return own;
}

void CaptionOptions::check_model(const Given& given, const models::Captioner& captioner) const {
  const MapLayout maps = captioner.decoder->maps();
  if (maps.maps() == 0 && pictures.any()) {
    throw UsageError("the model has no attention maps to draw; leave out the options for pictures");
  }
  if (maps.maps() == 0 && (head > 0 || layer > 0)) {
    throw UsageError("the model has no attention maps; leave out --head and --layer");
  }
  if (head > maps.heads) {
    throw UsageError(fmt::format("--head {}: the model has {} heads; 0 selects their mean", head, maps.heads));
  }
  if (layer > maps.layers) {
    throw UsageError(fmt::format("--layer {}: the model has {} layers; 0 selects the last", layer, maps.layers));
  }
  if (!pictures.scan_path.empty() && maps.maps() > 1 && (head == 0 && maps.heads > 1)) {
    throw UsageError("--scan-path draws the cells of one head; select it with --head");
  }
  if (captioner.decoder->stochastic()) return;
  for (const char* option : {"cell-selection", "seed", "samples", "scan-path"}) {
    if (given.count(option) == 0) continue;
    throw UsageError(fmt::format("--{} requires a model with hard attention, such as --model hard", option));
  }
}

}  // namespace saccade::app
