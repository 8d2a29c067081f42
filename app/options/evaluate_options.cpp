#include "app/options/evaluate_options.hpp"

#include <fmt/format.h>

#include "app/command.hpp"
#include "vision/files/image_writer.hpp"

namespace saccade::app {

void EvaluateOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  data.fields(f);
  f(list, "list", "FILE", "Read the file names of the images to score from FILE, one per line.", kNothing);
  f(split, "split", {"train", "dev", "test"}, "Score this part of the split if there is no --list.", kNothing);
  f.section("Captions");
  model.fields(f);
  f(beams, "beam", Range{1, 100}, "Set one or more beam widths; 1 is greedy search.", kNothing);
  f(cells, "cell-selection", models::cell_choices(), models::kCellHelp, kNothing);
  f.add_all_but({"beam", "cell-selection"}, fields_of(search));
  f.section("Results");
  f(likelihood, "likelihood", Range{1, 100000},
    "Print the log-likelihood of the references. For hard attention, print the lower bound and the marginal likelihood "
    "with S samples.",
    kNothing)
      .placeholder = "S";
  f(compare, "compare", "MODEL", "Also print the likelihood under MODEL.", kNothing);
  f(bootstrap.confidence, "confidence", Range{0.01, 0.9999},
    "Print bootstrap intervals with confidence X, for example 0.95.", kNothing);
  f(boxes, "boxes", "FILE",
    "Read boxes from FILE (JSON Lines, optionally compressed with gzip) and print how well the maps lie in them.",
    kNothing);
  f(maps, "maps", models::forced_maps(),
    "Caption again with forced maps and print the loss of CIDEr-D: equal weights (uniform), one random cell per word "
    "(random), or the cell with the smallest weight (least).",
    kNothing);
  f(faithfulness, "faithfulness", Range{1, 1000000},
    "Hide the cells of the first N photos in the order of each word's map, and print how the probability of the word "
    "falls. Use words with boxes or, without --boxes, all content words.",
    kNothing);
  f(json, "json", "FILE", "Write all figures to FILE as JSON.", kNothing);
  f(results, "results", "FILE", "Write the captions to FILE as COCO results JSON.", kNothing);
  f(references, "references", "FILE", "Write the references to FILE as COCO annotations JSON.", kNothing);
  f(table, "table", "FILE", "Write the scores of each image to FILE as CSV.", kNothing);
  f(sheet, "sheet", "FILE", "Write a picture of the best and worst captions to FILE.", kNothing);
  f(best, "best", Range{0, 1000}, "Show the N best captions on the sheet.", kNothing);
  f(worst, "worst", Range{0, 1000}, "Show the N worst captions on the sheet.", kNothing);
  compute.fields(f);
}

void EvaluateOptions::check() {
  sets = data.sets();
  if (!data.several.empty() && !(list.empty() && boxes.empty())) {
    throw UsageError(fmt::format("--{} describes a single data set; with --data, use the keys of the sets",
                                 list.empty() ? "boxes" : "list"));
  }
  const bool files = !(results.empty() && references.empty() && table.empty() && sheet.empty());
  if (sets.size() > 1 && files) {
    throw UsageError("--results, --references, --table and --sheet require a single data set; evaluate one at a time");
  }
  check_lengths(search);
  if (sheet.empty() != (best + worst == 0)) {
    throw UsageError("--sheet requires --best or --worst, and they require --sheet");
  }
  if (!sheet.empty()) vision::require_writable_format(sheet);
  if (!compare.empty() && likelihood == 0) throw UsageError("--compare requires --likelihood");
}

}  // namespace saccade::app
