// saccade score: scores captions from any program.

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/options/score_options.hpp"
#include "app/output/output_guard.hpp"
#include "app/output/score_files.hpp"
#include "app/output/score_report.hpp"
#include "core/base/atomic_file.hpp"
#include "core/data/caption_sets.hpp"
#include "core/data/coco_files.hpp"
#include "core/data/text_files.hpp"

namespace saccade::app {
namespace {

constexpr const char* kAbout =
    "Scores captions from any program. FILE is COCO results or annotations JSON, or plain text with one\n"
    "caption per line and one file per reference.\n";

/// Whether the file is JSON, by its first character.
bool is_json(const TextFile& file) {
  const std::size_t first = file.text.find_first_not_of(" \t\r\n\v\f");
  return first != std::string::npos && (file.text[first] == '[' || file.text[first] == '{');
}

ReferenceSet read_references(const std::vector<std::string>& names) {
  const std::vector<TextFile> files(names.begin(), names.end());
  if (!is_json(files.front())) return read_text_references(files);
  if (files.size() > 1) throw UsageError("--references takes a single COCO annotations file; give only one");
  return read_coco_annotations(files.front());
}

HypothesisSet read_hypotheses(const TextFile& file) {
  return is_json(file) ? read_coco_results(file) : read_text_hypotheses(file);
}

/// One line with the numbers of images and references, and of what is left out.
std::string counts(const std::vector<ScoredItem>& items, const ReferenceSet& references) {
  std::size_t captions = 0;
  for (const auto& image : references.images) captions += image.captions.size();
  const std::size_t left_out = references.images.size() - items.size();
  return fmt::format("data: {} images with {} references; {} are scored{}\n", references.images.size(), captions,
                     items.size(), left_out == 0 ? "" : fmt::format(", {} have no caption and are left out", left_out));
}

int run(const std::vector<std::string>& arguments) {
  ScoreOptions options;
  const auto given = parse(score_command(), arguments, fields_of(options));
  if (!given) return kSuccess;
  if (options.confidence > 0) options.bootstrap.confidence = options.confidence;
  if (!options.table.empty()) {
    OutputGuard guard(/*force=*/true);
    for (const auto& file : options.references) guard.add_input(file);
    guard.add_input(options.hypotheses);
    guard.add_input(options.against);
    guard.add_input(config_file(*given));
    guard.claim(options.table, true);
  }

  const ReferenceSet references = read_references(options.references);
  const JoinOptions joining{options.tokenizer == "ptb"          ? Tokenization::kPtb
                            : options.tokenizer == "characters" ? Tokenization::kCharacters
                                                                : Tokenization::kWhiteSpace,
                            options.allow_missing};
  const HypothesisSet hypotheses = read_hypotheses(options.hypotheses);
  const metrics::EvaluationOptions metric_options = available_metrics();
  const auto items = join(hypotheses, references, joining);
  const metrics::Evaluation evaluation(items, metric_options);
  std::vector<std::pair<std::string, metrics::Scores>> rows{{options.hypotheses.string(), evaluation.scores()}};
  std::optional<metrics::Evaluation> other;
  if (!options.against.empty()) {
    other.emplace(join(read_hypotheses(options.against), references, joining), metric_options);
    rows.emplace_back(options.against.string(), other->scores());
  }

  std::fputs(counts(items, references).c_str(), stderr);
  print_scores(fmt::format("{} images", items.size()), rows);
  if (options.confidence > 0) print_intervals(metrics::bootstrap(evaluation, options.bootstrap), options.bootstrap);
  if (other) print_comparison(evaluation, *other, options.bootstrap);
  if (!options.table.empty()) write_table(options.table, rows.front().second, items);
  return kSuccess;
}

}  // namespace

const Command& score_command() {
  static const Command command{"score",
                               "score captions from any program",
                               "--hypotheses FILE --references FILE... [OPTION...]",
                               kAbout,
                               "",
                               declare_options<ScoreOptions>,
                               run};
  return command;
}

}  // namespace saccade::app
