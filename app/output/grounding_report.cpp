#include "app/output/grounding_report.hpp"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "models/decoder/reference_maps.hpp"

namespace saccade::app {
namespace {

constexpr std::size_t kCommonest = 15;

constexpr const char* kColumns[] = {"correctness", "uniform", "pointing", "centre"};

std::size_t width_of(const std::vector<std::string>& labels) {
  std::size_t width = 0;
  for (const std::string& label : labels) width = std::max(width, label.size());
  return width;
}

void print_commonest(const GroundingFindings& findings) {
  std::vector<std::string> labels{"commonest words, " + findings.name};
  for (const metrics::GroundingRow& row : findings.commonest) labels.push_back(row.word);
  const std::size_t width = width_of(labels);
  fmt::print("\n{:<{}}{:>8}", labels.front(), width, "times");
  for (const char* column : kColumns) fmt::print("{:>13}", column);
  fmt::print("\n");
  for (const auto& [word, times, mean] : findings.commonest) {
    fmt::print("{:<{}}{:>8}{:>13.3f}{:>13.3f}{:>13.3f}{:>13.3f}\n", word, width, times, mean.correctness, mean.uniform,
               mean.pointing, mean.center);
  }
}

}  // namespace

GroundingJudge::GroundingJudge(const std::filesystem::path& boxes, const CaptionDataset& images) : entities_(boxes) {
  const auto known = [this](const CaptionedImage& image) { return entities_.find(image.name) != nullptr; };
  if (std::none_of(images.begin(), images.end(), known)) {
    throw Error("{}: contains none of the {} images; check --boxes", boxes.string(), images.size());
  }
}

void GroundingJudge::read_caption(const std::string& image, const Caption& caption,
                                  metrics::GroundingSummary& summary) const {
  if (const AnnotatedPhoto* photo = entities_.find(image)) summary.add_photo(metrics::ground_caption(*photo, caption));
}

void GroundingJudge::read_cells(const std::string& image, Caption caption, metrics::GroundingSummary& summary) const {
  if (caption.cells.size() != caption.words.size()) return;
  const auto cells = static_cast<std::size_t>(caption.grid.cells());
  std::fill(caption.alpha.begin(), caption.alpha.end(), 0.0F);
  for (std::size_t t = 0; t < caption.cells.size(); ++t) {
    caption.alpha[t * cells + static_cast<std::size_t>(caption.cells[t])] = 1;
  }
  read_caption(image, caption, summary);
}

std::vector<std::size_t> GroundingJudge::named_places(const std::string& image, const Caption& caption) const {
  std::vector<std::size_t> places;
  const AnnotatedPhoto* photo = entities_.find(image);
  if (photo == nullptr) return places;
  const auto named = boxes_by_word(*photo);
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    if (named.count(caption.words[t]) != 0) places.push_back(t);
  }
  return places;
}

void GroundingJudge::read_references(models::Captioner& model, const CaptionDataset& images,
                                     const torch::Tensor& annotations) {
  struct Said {
    const AnnotatedPhoto* photo;
    AnnotatedCaption caption;
  };
  std::vector<Said> said;
  std::vector<std::vector<std::int64_t>> captions;
  std::vector<std::int64_t> image_of;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const AnnotatedPhoto* photo = entities_.find(images[i].name);
    if (photo == nullptr) continue;
    for (const AnnotatedCaption& written : photo->captions) {
      said.push_back({photo, tokenize(written)});
      captions.push_back(model.vocabulary.encode(said.back().caption.words));
      image_of.push_back(static_cast<std::int64_t>(i));
    }
  }
  const auto maps = models::reference_maps(*model.decoder, annotations, captions, image_of);
  std::vector<metrics::GroundedWord> words;  // words of all captions of a photo
  for (std::size_t k = 0; k < said.size(); ++k) {
    const auto more = metrics::ground_reference(*said[k].photo, said[k].caption, maps[k].data(), model.encoder->grid());
    words.insert(words.end(), more.begin(), more.end());
    if (k + 1 < said.size() && image_of[k + 1] == image_of[k]) continue;
    references_.add_photo(words);
    words.clear();
  }
}

GroundingFindings findings_of(const std::string& name, const metrics::GroundingSummary& summary,
                              const metrics::BootstrapOptions& bootstrap) {
  return {WordFindings::of(summary, interval_options(bootstrap)), name, summary.commonest(kCommonest)};
}

void print_grounding(const std::string& heading, const std::vector<GroundingFindings>& findings) {
  std::vector<std::string> labels{heading};
  for (const GroundingFindings& row : findings) labels.push_back(row.name);
  const std::size_t width = width_of(labels);
  fmt::print("\n{:<{}}{:>8}{:>8}", heading, width, "photos", "words");
  for (const char* column : kColumns) fmt::print("{:>26}", column);
  fmt::print("\n");
  for (const GroundingFindings& row : findings) {
    fmt::print("{:<{}}{:>8}{:>8}", row.name, width, row.photos, row.words);
    for (const metrics::Interval& x : row.scores) {
      fmt::print("{:>26}", text_of(x));
    }
    fmt::print("\n");
  }
  print_commonest(findings.back());
}

nlohmann::ordered_json to_json(const GroundingFindings& findings) {
  nlohmann::ordered_json object = to_json(static_cast<const WordFindings&>(findings));
  object["commonest"] = nlohmann::ordered_json::array();
  for (const auto& [word, times, mean] : findings.commonest) {
    object["commonest"].push_back({{"word", word},
                                   {"times", times},
                                   {"correctness", mean.correctness},
                                   {"uniform", mean.uniform},
                                   {"pointing", mean.pointing},
                                   {"centre", mean.center}});
  }
  return object;
}

}  // namespace saccade::app
