#include "models/training/feature_cache.hpp"

#include <algorithm>
#include <unistd.h>

#include <sys/mman.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/fingerprint.hpp"
#include "vision/files/image.hpp"

namespace saccade::models {
namespace {

namespace fs = std::filesystem;
using torch::Tensor;

constexpr std::size_t kBatch = 16;  // larger batches fall out of the processor's cache

std::string fingerprint(const Captioner& model, const fs::path& folder, const std::vector<std::string>& names,
                        int views) {
  Fingerprint print;
  model.encoder->add_to(print);
  const auto& [size, mean, scale] = model.preprocessing;
  print.add(
      fmt::format("{} {} {} {} {} {} {} {}", size, views, mean[0], mean[1], mean[2], scale[0], scale[1], scale[2]));
  for (const auto& name : names) {
    std::error_code missing;  // reading the image will say it better
    print.add(fmt::format("{} {}", name, fs::file_size(folder / name, missing)));
    const auto written = fs::last_write_time(folder / name, missing);
    print.add(fmt::format("{}", written.time_since_epoch().count()));
  }
  return print.text();
}

/// Unmaps the pages under a part of the cache. They stay in the system's cache of files, which takes them back when
/// memory is short; mapped, they would count as this process's own.
void release_pages(const Tensor& part) {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data_ptr());
  const std::uintptr_t first = begin / page * page;
  ::madvise(reinterpret_cast<void*>(first), begin + part.nbytes() - first, MADV_DONTNEED);
}

}  // namespace

Tensor load_pixels(const std::vector<fs::path>& files, const vision::Preprocessing& preprocessing) {
  const std::int64_t side = preprocessing.input_size;
  Tensor pixels = torch::empty({static_cast<std::int64_t>(files.size()), side, side, 3});
  for (std::size_t i = 0; i < files.size(); ++i) {
    vision::preprocess(vision::read_image(files[i]), preprocessing,
                       pixels[static_cast<std::int64_t>(i)].data_ptr<float>());
  }
  return pixels;
}

FeatureCache::FeatureCache(const fs::path& folder, Captioner& model, const fs::path& images,
                           const std::vector<std::string>& names, int views, const Progress& progress) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error("{}: cannot make the folder of the feature cache: {}", folder.string(), error.message());
  const fs::path path = folder / fmt::format("features-{}.f16", fingerprint(model, images, names, views));
  const std::vector<std::int64_t> sizes{static_cast<std::int64_t>(names.size()), views, model.encoder->grid().cells(),
                                        model.encoder->annotation_width()};
  const std::int64_t values = sizes[0] * sizes[1] * sizes[2] * sizes[3];

  if (!fs::exists(path)) {
    model.encoder->eval();
    AtomicFile file(path);
    for (std::size_t first = 0; first < names.size(); first += kBatch) {
      std::vector<fs::path> files;
      for (std::size_t i = first; i < std::min(first + kBatch, names.size()); ++i) files.push_back(images / names[i]);
      const Tensor pixels = load_pixels(files, model.preprocessing);
      std::vector<Tensor> seen{model.encode(pixels)};
      if (views == 2) seen.push_back(model.encode(pixels.flip({2})));
      const Tensor features = at::stack(seen, 1).to(torch::kCPU, torch::kHalf).contiguous();
      file.write(features.data_ptr(), features.nbytes());
      if (progress) progress(first + files.size(), names.size());
    }
    file.commit();
  }
  if (fs::file_size(path) != static_cast<std::uintmax_t>(values) * sizeof(at::Half)) {
    throw Error("{}: the feature cache has the wrong size; delete it and run again", path.string());
  }
  features_ = torch::from_file(path.string(), /*shared=*/false, values, torch::kHalf).view(sizes);
}

Tensor FeatureCache::gather(const std::vector<std::int64_t>& images, const std::vector<std::int64_t>& views) const {
  const auto count = static_cast<std::int64_t>(images.size());
  Tensor result = torch::empty({count, features_.size(2), features_.size(3)});
  for (std::size_t i = 0; i < images.size(); ++i) {
    const Tensor features = features_[images[i]][views[i]];
    result[static_cast<std::int64_t>(i)].copy_(features);
    release_pages(features);
  }
  return result;
}

Tensor FeatureCache::range(std::int64_t first, std::int64_t count) const {
  const Tensor part = features_.narrow(0, first, count);
  const Tensor result = part.select(1, 0).to(torch::kFloat);
  release_pages(part);
  return result;
}

}  // namespace saccade::models
