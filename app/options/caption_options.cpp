#include "app/options/caption_options.hpp"

#include <fmt/format.h>

namespace saccade::app {

void CaptionOptions::fields(Fields& f) {
  f.section("Captions");
  model.fields(f);
  search.fields(f);
  f(top, "top", Range{1, 100}, "Captions a picture, at most the beam width.", Affects::kNothing);
  f(samples, "samples", Range{1, 1000},
    "Captions a picture with --cell sample, drawn with the seed, the seed + 1, and so on. The beam is 1 then, unless "
    "another is given: a wider one keeps the lucky draws.",
    Affects::kNothing);
  f(head, "head", Range{0, 64}, "Draw and tell the maps of this head, from 1; 0: the mean over all heads.",
    Affects::kNothing);
  f(layer, "layer", Range{0, 64}, "Draw and tell the maps of this layer of a Transformer, from 1; 0: the last.",
    Affects::kNothing);
  f(json, "json", "Print JSON, with all attention weights.", Affects::kNothing);
  f.section("Pictures");
  f(page, "page", "FILE",
    "Write a page for a browser, of all photos in one file: point at a word to see its map, at the photo to see who "
    "looked there.",
    Affects::kNothing);
  f(beside, "beside", "MODEL", "On the page, show another model's captions too.", Affects::kNothing);
  pictures.fields(f);
  many.fields(f);
  compute.fields(f);
}

void CaptionOptions::check(const Given& given) {
  if (search.cell == models::CellChoice::kSample && given.count("beam") == 0) search.beam = 1;
  many.check();
  check_lengths(search);
  if (photos.empty()) throw UsageError("a photo is missing (see saccade caption --help)");
  if (top > search.beam) {
    throw UsageError(
        fmt::format("--top must be at most the beam width, {}, not {}; give a wider --beam", search.beam, top));
  }
  if (samples > 1 && search.cell != models::CellChoice::kSample) throw UsageError("--samples needs --cell sample");
  if (samples > 1 && top > 1) throw UsageError("--samples and --top do not go together: each sample gives its best");
  if (!pictures.scan_path.empty() && search.cell == models::CellChoice::kExpected) {
    throw UsageError("--scan-path needs --cell medoid, argmax or sample: the expectation sees no single cell");
  }
  if (json && !many.output.empty()) throw UsageError("--json is about standard output; name the --output FILE.jsonl");
  if (many.resume && !page.empty()) {
    throw UsageError("--page shows the photos of this run alone; make it without --resume, which passes photos over");
  }
  if (!beside.empty() && page.empty()) throw UsageError("--beside needs --page, on which both models stand");
  if (pictures.overlay_each && pictures.overlay.empty()) {
    throw UsageError("--overlay-each needs --overlay, which says where to");
  }
}

void CaptionOptions::check_model(const Given& given, const models::Captioner& captioner) const {
  const MapLayout maps = captioner.decoder->maps();
  if (maps.maps() == 0 && pictures.any()) {
    throw UsageError("this model has no attention, so that there is nothing to draw; leave out the pictures");
  }
  if (maps.maps() == 0 && (head > 0 || layer > 0)) {
    throw UsageError("this model has no attention, so that --head and --layer have no maps to choose from");
  }
  if (head > maps.heads) {
    throw UsageError(fmt::format("--head {}: this model's last head is {}; 0 is the mean of all", head, maps.heads));
  }
  if (layer > maps.layers) {
    throw UsageError(fmt::format("--layer {}: this model's last layer is {}, which 0 means too", layer, maps.layers));
  }
  if (!pictures.scan_path.empty() && maps.maps() > 1 && (head == 0 && maps.heads > 1)) {
    throw UsageError("--scan-path follows one head, which --head must name: each sees a cell of its own");
  }
  if (captioner.decoder->stochastic()) return;
  for (const char* option : {"cell", "seed", "samples", "scan-path"}) {
    if (given.count(option) == 0) continue;
    throw UsageError(
        fmt::format("--{} is for models of hard attention, which this one is not (--model hard is)", option));
  }
}

}  // namespace saccade::app
