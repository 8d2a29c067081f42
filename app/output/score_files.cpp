#include "app/output/score_files.hpp"

#include <string>

#include <fmt/ranges.h>

#include "core/data/coco_files.hpp"
#include "core/metrics/score_table.hpp"

namespace saccade::app {
namespace {

std::string joined(const Tokens& tokens) {
  return fmt::format("{}", fmt::join(tokens, " "));
}

}  // namespace

void write_results(const std::filesystem::path& path, const std::vector<ScoredItem>& items) {
  std::vector<ImageCaption> captions;
  for (const auto& item : items) captions.push_back({item.id, joined(item.hypothesis)});
  write_coco_results(path, captions);
}

void write_references(const std::filesystem::path& path, const std::vector<ScoredItem>& items) {
  std::vector<ImageReferences> images;
  for (const auto& item : items) {
    auto& image = images.emplace_back();
    image.id = item.id;
    for (const auto& reference : item.references) image.captions.push_back(joined(reference));
  }
  write_coco_annotations(path, images);
}

void write_table(const std::filesystem::path& path, const metrics::Scores& scores,
                 const std::vector<ScoredItem>& items) {
  std::vector<std::string> captions;
  for (const auto& item : items) captions.push_back(joined(item.hypothesis));
  metrics::write_score_table(path, scores, captions);
}

}  // namespace saccade::app
