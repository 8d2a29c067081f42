#include "app/options/evaluate_options.hpp"

#include "vision/files/image_writer.hpp"

namespace saccade::app {

void EvaluateOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  data.fields(f);
  f(list, "list", "FILE", "Names of the images to score, one a line.", kNothing);
  f(split, "split", {"train", "dev", "test"},
    "Without a list: which part to score, of the captions' own split or of the one that is drawn.", kNothing);
  f.section("Captions");
  model.fields(f);
  f(beams, "beam", Range{1, 100}, "Beam widths; 1 is greedy search.", kNothing);
  f(cells, "cell", models::cell_choices(), models::kCellHelp, kNothing);
  f.add_all_but({"beam", "cell"}, fields_of(search));
  f.section("Results");
  f(likelihood, "likelihood", Range{1, 100000},
    "Print how likely the model holds people's captions; for hard attention the lower bound and the marginal, with so "
    "many samples.",
    kNothing)
      .placeholder = "S";
  f(beside, "beside", "MODEL", "Print another model's likelihood beside it.", kNothing);
  f(bootstrap.confidence, "confidence", Range{0.01, 0.9999},
    "Print intervals that hold the scores so surely, 0.95 say.", kNothing);
  f(boxes, "boxes", "FILE",
    "Boxes around what captions name, lines of JSON, plain or .gz: print whether the maps lie there.", kNothing);
  f(maps, "maps", models::forced_maps(),
    "Caption again with other maps in the place of the model's own, and print what is lost: all cells alike (uniform), "
    "a cell drawn for each word (random), the cell of the lowest weight (least).",
    kNothing);
  f(faithfulness, "faithfulness", Range{1, 1000000},
    "Grey the cells of the first N photos in the order of their words' maps, and print how fast the words become "
    "unlikely; of words that the boxes name or, without --boxes, of all but function words.",
    kNothing);
  f(json, "json", "FILE", "Write all figures, of each way and width, as JSON.", kNothing);
  f(results, "results", "FILE", "Write the captions as COCO results JSON.", kNothing);
  f(references, "references", "FILE", "Write the references as COCO annotations JSON.", kNothing);
  f(table, "table", "FILE", "Write the scores of each image as CSV.", kNothing);
  f(sheet, "sheet", "FILE", "Write a picture of the best and worst captions with their photos.", kNothing);
  f(best, "best", Range{0, 1000}, "Best captions on the sheet.", kNothing);
  f(worst, "worst", Range{0, 1000}, "Worst captions on the sheet.", kNothing);
  compute.fields(f);
}

void EvaluateOptions::check() {
  data.complete();
  check_lengths(search);
  if (sheet.empty() != (best + worst == 0)) {
    throw UsageError("--best and --worst need --sheet, and it needs one of them");
  }
  if (!sheet.empty()) vision::require_writable_format(sheet);
  if (!beside.empty() && likelihood == 0) throw UsageError("--beside needs --likelihood");
}

}  // namespace saccade::app
