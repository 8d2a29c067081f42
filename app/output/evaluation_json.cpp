#include "app/output/evaluation_json.hpp"

#include <cstddef>

#include <nlohmann/json.hpp>

#include "app/output/word_findings.hpp"
#include "core/base/atomic_file.hpp"

namespace saccade::app {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const metrics::WordUse& words) {
  return {{"captions", words.captions}, {"vocabulary", words.vocabulary}, {"distinct", words.distinct},
          {"length", words.length},     {"right", words.right},           {"named", words.named}};
}

Json to_json(const TrialRecord& trial) {
  Json scores = Json::object();
  for (std::size_t i = 0; i < trial.scores.names.size(); ++i) scores[trial.scores.names[i]] = trial.scores.corpus[i];
  Json object{{"name", trial.name}, {"scores", scores}, {"words", to_json(trial.words)}};
  if (const auto& attention = trial.attention) {
    object["attention"] = {
        {"entropy", attention->entropy}, {"divergence", attention->divergence}, {"moves", attention->moves}};
  }
  if (trial.grounding) object["grounding"] = to_json(*trial.grounding);
  if (trial.cells) object["grounding_of_cells"] = to_json(*trial.cells);
  if (trial.loss) object["loss"] = to_json(*trial.loss);
  return object;
}

/// Adds the results of a data set to an object.
void add(Json& object, const EvaluationRecord& record) {
  object["images"] = record.images;
  object["trials"] = Json::array();
  for (const TrialRecord& trial : record.trials) object["trials"].push_back(to_json(trial));
  if (record.people.captions > 0) object["people"] = {{"words", to_json(record.people)}};
  if (!record.intervals.empty()) {
    Json& intervals = object["intervals"] = {{"confidence", record.confidence}};
    for (const auto& x : record.intervals) intervals[x.name] = app::to_json(x);
  }
  for (const auto& [name, estimate] : record.likelihoods) {
    object["likelihoods"].push_back({{"name", name}, {"mean", estimate.mean}, {"error", estimate.error}});
  }
  if (record.faithfulness) object["faithfulness"] = to_json(*record.faithfulness);
  if (record.references) object["references"] = {{"grounding", to_json(*record.references)}};
}

}  // namespace

void write_evaluation(const std::filesystem::path& path, const std::string& model,
                      const std::vector<EvaluationRecord>& records) {
  Json document{{"model", model}};
  if (records.size() == 1) {
    add(document, records.front());
  } else {
    document["sets"] = Json::array();
    for (const EvaluationRecord& record : records)
      add(document["sets"].emplace_back(Json{{"name", record.name}}), record);
  }
  // A path may hold any bytes; JSON may not.
  write_file(path, document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

}  // namespace saccade::app
