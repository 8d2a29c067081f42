#include "app/options/data_options.hpp"

#include "core/data/format.hpp"

namespace saccade::app {

void DataOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  std::vector<std::string> formats = caption_formats().names();
  formats.insert(formats.begin(), "auto");
  f.section("Data");
  f(images, "images", "DIR", "Folder of the images.", kNothing).required = true;
  f(captions, "captions", "FILE",
    "Captions: COCO's annotations, Karpathy's JSON, lines `name#k<TAB>caption`, a table with a header, JSON Lines; or "
    "a folder with a .txt beside each image, which is the images' own where this is not given.",
    kNothing);
  f(format, "format", std::move(formats), "Form of the captions, where it is not recognised.", kNothing);
  f(split_seed, "split-seed", kSeeds, "Seed by which images are split where neither lists nor the captions say how.",
    kNothing);
  f(skip_broken, "skip-broken", "Go on without what is malformed, missing or cannot be read.", kNothing);
}

}  // namespace saccade::app
