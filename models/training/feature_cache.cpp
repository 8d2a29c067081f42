#include "models/training/feature_cache.hpp"

#include <algorithm>
#include <numeric>

#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "vision/files/read_picture.hpp"
#include "vision/input/picture_input.hpp"

namespace saccade::models {
namespace {

namespace fs = std::filesystem;
using torch::Tensor;

constexpr std::size_t kBatch = 16;  // larger batches exceed the CPU cache

std::string fingerprint(const Captioner& model, const std::vector<fs::path>& images, int views) {
  Fingerprint print;
  model.encoder->add_to(print);
  const auto& [size, mean, scale] = model.preprocessing;
  print.add(
      fmt::format("{} {} {} {} {} {} {} {}", size, views, mean[0], mean[1], mean[2], scale[0], scale[1], scale[2]));
  for (const auto& image : images) {
    std::error_code missing;  // reading the image reports it
    print.add(fmt::format("{} {}", image.filename().string(), fs::file_size(image, missing)));
    const auto written = fs::last_write_time(image, missing);
    print.add(fmt::format("{}", written.time_since_epoch().count()));
  }
  return print.text();
}

}  // namespace

Tensor load_pixels(const std::vector<fs::path>& files, const vision::Preprocessing& preprocessing) {
  const std::int64_t side = preprocessing.input_size;
  Tensor pixels = torch::empty({static_cast<std::int64_t>(files.size()), side, side, 3});
  for (std::size_t i = 0; i < files.size(); ++i) {
    vision::preprocess(vision::read_picture(files[i]), preprocessing,
                       pixels[static_cast<std::int64_t>(i)].data_ptr<float>());
  }
  return pixels;
}

FeatureCache::FeatureCache(const fs::path& folder, Captioner& model, const std::vector<fs::path>& images, int views,
                           torch::ScalarType type, const Progress& progress)
    : images_(static_cast<std::int64_t>(images.size())),
      views_(views),
      cells_(model.encoder->grid().cells()),
      width_(model.encoder->annotation_width()),
      type_(type),
      records_(folder / fmt::format("features-{}.f{}", fingerprint(model, images, views), 8 * c10::elementSize(type)),
               static_cast<std::size_t>(images_ * views_),
               static_cast<std::size_t>(cells_ * width_) * c10::elementSize(type)) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error("{}: cannot make the folder of the feature cache: {}", folder.string(), error.message());
  if (records_.open()) return;
  compute(model, images, progress);
  if (!records_.open()) {
    throw Error("{}: cannot be read as it was written; is the disk failing?", records_.path().string());
  }
}

void FeatureCache::compute(Captioner& model, const std::vector<fs::path>& images, const Progress& progress) {
  CheckedRecordsWriter file(records_.path());
  if (records_.open()) return;  // written by another process in the meantime
  model.encoder->eval();
  for (std::size_t first = 0; first < images.size(); first += kBatch) {
    const auto last = std::min(first + kBatch, images.size());
    const std::vector<fs::path> files(images.begin() + static_cast<std::ptrdiff_t>(first),
                                      images.begin() + static_cast<std::ptrdiff_t>(last));
    const Tensor pixels = load_pixels(files, model.preprocessing);
    std::vector<Tensor> seen{model.encode(pixels)};
    if (views_ == 2) seen.push_back(model.encode(pixels.flip({2})));
    const Tensor features = at::stack(seen, 1).to(torch::kCPU, type_).contiguous();
    for (const Tensor& of_view : features.flatten(0, 1).unbind()) {
      file.add({static_cast<const char*>(of_view.data_ptr()), of_view.nbytes()});
    }
    if (progress) progress(last, images.size());
  }
  file.commit();
}

Tensor FeatureCache::gather(const std::vector<std::int64_t>& images, const std::vector<std::int64_t>& views) const {
  const Tensor features = torch::empty({static_cast<std::int64_t>(images.size()), cells_, width_}, type_);
  for (std::size_t i = 0; i < images.size(); ++i) {
    const std::int64_t record = images[i] * views_ + views[i];
    if (!records_.read(static_cast<std::size_t>(record), features[static_cast<std::int64_t>(i)].data_ptr())) {
      throw Error("{}: the feature cache has been changed; the same command makes it anew", records_.path().string());
    }
  }
  return features.to(torch::kFloat);
}

Tensor FeatureCache::range(std::int64_t first, std::int64_t count) const {
  std::vector<std::int64_t> images(static_cast<std::size_t>(count));
  std::iota(images.begin(), images.end(), first);
  return gather(images, std::vector<std::int64_t>(images.size(), 0));
}

}  // namespace saccade::models
