#include "app/options/caption_options.hpp"

#include <fmt/format.h>

namespace saccade::app {

void CaptionOptions::fields(Fields& f) {
  f.section("Captions");
  model.fields(f);
  search.fields(f);
  f(top, "top", Range{1, 100}, "Captions a picture, at most the beam width.", Affects::kNothing);
  f(samples, "samples", Range{1, 1000},
    "Captions a picture with --cell sample, drawn with the seed, the seed + 1, and so on.", Affects::kNothing);
  f(json, "json", "Print JSON, with all attention weights.", Affects::kNothing);
  f.section("Pictures");
  pictures.fields(f);
  compute.fields(f);
}

void CaptionOptions::check() const {
  if (photos.empty()) throw UsageError("a photo is missing (see saccade caption --help)");
  if (top > search.beam) {
    throw UsageError(
        fmt::format("--top must be at most the beam width, {}, not {}; give a wider --beam", search.beam, top));
  }
  if (samples > 1 && search.cell != models::CellChoice::kSample) throw UsageError("--samples needs --cell sample");
  if (samples > 1 && top > 1) throw UsageError("--samples and --top do not go together: each sample gives its best");
  if (!pictures.scan_path.empty() && search.cell == models::CellChoice::kExpected) {
    throw UsageError("--scan-path needs --cell argmax or sample: the expectation sees no single cell");
  }
  if (pictures.overlay_each && pictures.overlay.empty()) {
    throw UsageError("--overlay-each needs --overlay, which says where to");
  }
}

void CaptionOptions::check_model(const Given& given, const models::Captioner& model) {
  if (model.decoder->attention().chooses()) return;
  for (const char* option : {"cell", "seed", "samples", "scan-path"}) {
    if (given.count(option) == 0) continue;
    throw UsageError(
        fmt::format("--{} is for models of hard attention; this one's is soft (--model hard has it)", option));
  }
}

}  // namespace saccade::app
