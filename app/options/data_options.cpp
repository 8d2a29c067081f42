#include "app/options/data_options.hpp"

#include "app/command.hpp"
#include "core/data/format.hpp"

namespace saccade::app {

void DataOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  std::vector<std::string> formats = caption_formats().names();
  formats.insert(formats.begin(), "auto");
  f.section("Data");
  f(images, "images", "DIR", "Read images from this folder.", kNothing);
  f(captions, "captions", "FILE",
    "Read captions from FILE: COCO or Karpathy JSON, lines `name#k<TAB>caption`, CSV with a header, or JSON Lines; or "
    "from a folder with one .txt or .caption file per image. The default is the folder of the images.",
    kNothing);
  f(format, "format", std::move(formats), "Set the format of the captions. auto detects it.", kNothing);
  f(split_seed, "split-seed", kSeeds,
    "Set the seed of the random split, which is used if neither lists nor captions define a split.", kNothing);
  f(skip_broken, "skip-broken", "Skip malformed, missing and unreadable items.", kNothing);
  f(report, "report", "FILE", "Write all that is left out or ignored to FILE, one item per line.", kNothing);
}

void DataOptions::token_fields(Fields& f) {
  f(tokens, "tokens", {"words", "characters"},
    "Split captions into words, or also make each character of a script without spaces (Chinese, Japanese, Thai) a "
    "word.",
    Affects::kNothing);
}

void DataOptions::complete() {
  if (images.empty()) throw UsageError("--images is missing: the folder of the images");
  if (captions.empty()) captions = images;
}

}  // namespace saccade::app
