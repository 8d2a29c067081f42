#include "app/output/likelihood_report.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "models/training/feature_cache.hpp"

namespace saccade::app {

LikelihoodProbe::LikelihoodProbe(std::string name, models::Captioner model, int samples, bool same_encoder)
    : name_(std::move(name)),
      model_(std::move(model)),
      samples_(samples),
      same_encoder_(same_encoder),
      likelihood_(*model_.decoder, samples) {}

void LikelihoodProbe::read(const CaptionDataset& images, const std::vector<std::filesystem::path>& files,
                           const torch::Tensor& annotations) {
  std::vector<std::vector<std::int64_t>> captions;
  std::vector<std::int64_t> image_of;
  for (std::size_t i = 0; i < images.size(); ++i) {
    for (const auto& words : images[i].captions) {
      captions.push_back(model_.vocabulary.encode(words));
      image_of.push_back(static_cast<std::int64_t>(i));
    }
  }
  likelihood_.add(same_encoder_ ? annotations : model_.encode(models::load_pixels(files, model_.preprocessing)),
                  captions, image_of);
}

std::vector<std::pair<std::string, models::Estimate>> LikelihoodProbe::findings() const {
  if (!model_.decoder->stochastic()) return {{name_ + ": soft", likelihood_.expected()}};
  return {{fmt::format("{}: lower bound, {} samples", name_, samples_), likelihood_.lower_bound()},
          {fmt::format("{}: marginal, {} samples", name_, samples_), likelihood_.marginal()},
          {name_ + ": expected context", likelihood_.expected()}};
}

std::string LikelihoodProbe::unknown_words() const {
  if (likelihood_.unknown_words() == 0) return {};
  return fmt::format("{}: {} of {} words are <unk> to it, at {:.4f} nats each", name_, likelihood_.unknown_words(),
                     likelihood_.words(), likelihood_.unknown_log_probability());
}

void print_likelihood(const std::list<LikelihoodProbe>& probes) {
  std::vector<std::pair<std::string, models::Estimate>> rows;
  for (const LikelihoodProbe& probe : probes) {
    for (auto& finding : probe.findings()) rows.push_back(std::move(finding));
  }
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  fmt::print("\n{:<{}}    log p(y | a), nats a word    perplexity\n", "people's captions", width);
  for (const auto& [name, estimate] : rows) {
    fmt::print("{:<{}}{:>19.4f} +- {:.4f}{:>14.2f}\n", name, width, estimate.mean, estimate.error,
               std::exp(-estimate.mean));
  }
  for (const LikelihoodProbe& probe : probes) {
    if (const std::string note = probe.unknown_words(); !note.empty()) fmt::print("{}\n", note);
  }
}

}  // namespace saccade::app
