#include "app/options/data_options.hpp"

#include "core/data/format.hpp"

namespace saccade::app {

void DataOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  std::vector<std::string> formats = caption_formats().names();
  formats.insert(formats.begin(), "auto");
  f.section("Data");
  f(images, "images", "DIR", "Read images from this folder.", kNothing).required = true;
  f(captions, "captions", "FILE",
    "Read captions from FILE: COCO or Karpathy JSON, lines `name#k<TAB>caption`, CSV with a header, or JSON Lines; or "
    "from a folder with one .txt file per image. The default is the folder of the images.",
    kNothing);
  f(format, "format", std::move(formats), "Set the format of the captions. auto detects it.", kNothing);
  f(split_seed, "split-seed", kSeeds,
    "Set the seed of the random split, which is used if neither lists nor captions define a split.", kNothing);
  f(skip_broken, "skip-broken", "Skip malformed, missing and unreadable items.", kNothing);
}

}  // namespace saccade::app
