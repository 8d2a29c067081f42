// Prints the caption of a photo: caption MODEL PHOTO
#include <cstdio>

#include "core/base/error.hpp"
#include "models/checkpoint.hpp"
#include "vision/files/image.hpp"

int main(int count, char** words) try {
  if (count != 3) throw saccade::Error("usage: caption MODEL PHOTO");
  auto model = saccade::models::load_checkpoint(words[1]);
  auto input = saccade::vision::preprocess(saccade::vision::read_image(words[2]), model.preprocessing);
  const auto side = model.preprocessing.input_size;
  const auto annotations = model.encode(torch::from_blob(input.pixels.data(), {1, side, side, 3}));
  std::puts(model.caption(annotations, {})[0][0].text().c_str());
} catch (const saccade::Error& error) {
  std::fprintf(stderr, "caption: %s\n", error.what());
  return 1;
}
