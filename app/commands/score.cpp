// saccade score: scores captions that any program made.

#include <cctype>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/command.hpp"
#include "app/options/options.hpp"
#include "app/output/score_report.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/caption_sets.hpp"
#include "core/data/coco_files.hpp"
#include "core/data/text_files.hpp"
#include "core/metrics/score_table.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

constexpr const char* kUsageText =
    "Usage: saccade score --hypotheses FILE --references FILE... [OPTION...]\n"
    "\n"
    "Scores captions made by any program. FILEs are COCO results and annotations JSON, or plain text with a caption a\n"
    "line and a file for each reference.";

struct ScoreArguments {
  std::string hypotheses, against, table;
  std::vector<std::string> references;
  std::string tokenizer = "ptb";
  bool allow_missing = false;
  double confidence = 0;
  metrics::BootstrapOptions bootstrap;
};

po::options_description describe(ScoreArguments& a) {
  po::options_description options("Options");
  // clang-format off
  options.add_options()
      ("hypotheses", po::value(&a.hypotheses)->required()->value_name("FILE"), "captions to score")
      ("references", po::value(&a.references)->required()->multitoken()->value_name("FILE..."), "what people wrote")
      ("against", po::value(&a.against)->value_name("FILE"),
       "other captions of the same images: are they better? (paired bootstrap)")
      ("tokenizer", po::value(&a.tokenizer)->default_value(a.tokenizer)->value_name("NAME"),
       "ptb: as the field scores captions; none: the text is in tokens already")
      ("allow-missing", po::bool_switch(&a.allow_missing), "leave out images that have references but no hypothesis")
      ("table", po::value(&a.table)->value_name("FILE"), "write the scores of each image as CSV")
      ("confidence", po::value(&a.confidence)->value_name("X"), "print intervals that hold the scores so surely, 0.95 say")
      ("resamples", po::value(&a.bootstrap.resamples)->default_value(a.bootstrap.resamples)->value_name("N"),
       "of the bootstrap")
      ("seed", po::value(&a.bootstrap.seed)->default_value(a.bootstrap.seed)->value_name("N"), "of the bootstrap");
  // clang-format on
  return options;
}

/// Whether the file holds JSON, by its first character.
bool is_json(const fs::path& path) {
  for (const char character : read_file(path)) {
    if (std::isspace(static_cast<unsigned char>(character)) == 0) return character == '[' || character == '{';
  }
  return false;
}

metrics::ReferenceSet read_references(const std::vector<std::string>& files) {
  if (!is_json(files.front())) return metrics::read_text_references({files.begin(), files.end()});
  if (files.size() > 1) throw UsageError("--references takes one file when it is a COCO annotations file");
  return metrics::read_coco_annotations(files.front());
}

metrics::HypothesisSet read_hypotheses(const fs::path& file) {
  return is_json(file) ? metrics::read_coco_results(file) : metrics::read_text_hypotheses(file);
}

}  // namespace

int run_score(const std::vector<std::string>& arguments) {
  ScoreArguments a;
  const auto values = parse(arguments, describe(a), {}, kUsageText);
  if (!values) return kSuccess;
  if (a.tokenizer != "ptb" && a.tokenizer != "none") {
    throw UsageError(fmt::format("--tokenizer must be ptb or none, not '{}'", a.tokenizer));
  }
  if (values->count("confidence") != 0) {
    check_range("confidence", a.confidence, 0.01, 0.9999);
    a.bootstrap.confidence = a.confidence;
  }
  check_range("resamples", static_cast<double>(a.bootstrap.resamples), 10, 1e6);

  const metrics::ReferenceSet references = read_references(a.references);
  const metrics::JoinOptions joining{
      a.tokenizer == "ptb" ? metrics::Tokenization::kPtb : metrics::Tokenization::kWhiteSpace, a.allow_missing};
  const metrics::HypothesisSet hypotheses = read_hypotheses(a.hypotheses);
  const metrics::EvaluationOptions metric_options = available_metrics();
  const auto items = metrics::join(hypotheses, references, joining);
  const metrics::Evaluation evaluation(items, metric_options);
  std::vector<std::pair<std::string, metrics::Scores>> rows{{a.hypotheses, evaluation.scores()}};
  std::optional<metrics::Evaluation> other;
  if (!a.against.empty()) {
    other.emplace(metrics::join(read_hypotheses(a.against), references, joining), metric_options);
    rows.emplace_back(a.against, other->scores());
  }

  print_scores(fmt::format("{} images", items.size()), rows);
  if (a.confidence > 0) print_intervals(metrics::bootstrap(evaluation, a.bootstrap), a.bootstrap);
  if (other) print_comparison(evaluation, *other, a.bootstrap);
  if (!a.table.empty()) {
    std::vector<std::string> captions;
    for (const auto& item : items) captions.push_back(fmt::format("{}", fmt::join(item.hypothesis, " ")));
    metrics::write_score_table(a.table, rows.front().second, captions);
  }
  return kSuccess;
}

}  // namespace saccade::app
