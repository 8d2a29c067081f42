#include "tests/core/metrics/golden.hpp"

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"

namespace saccade::test {

const std::vector<std::string>& golden_names() {
  static const std::vector<std::string> kNames = {"leave-one-out-200", "neighbour-200", "dev-1000", "edge",
                                                  "single-image"};
  return kNames;
}

Golden load_golden(const std::string& name) {
  const auto json = nlohmann::json::parse(read_file(std::string(SACCADE_TEST_DATA "/metrics/") + name + ".json"));
  Golden golden;
  golden.corpus = json.at("corpus").get<std::map<std::string, double>>();
  const auto& totals = json.at("bleu_totals");
  golden.hypothesis_length = totals.at("testlen").get<std::int64_t>();
  golden.reference_length = totals.at("reflen").get<std::int64_t>();
  golden.ngrams = totals.at("guess").get<std::array<std::int64_t, 4>>();
  golden.matched = totals.at("correct").get<std::array<std::int64_t, 4>>();
  for (const auto& item : json.at("items")) {
    golden.items.push_back(make_item(item.at("id").get<std::string>(), item.at("hypothesis").get<std::string>(),
                                     item.at("references").get<std::vector<std::string>>()));
    golden.images.push_back(item.at("scores").get<std::map<std::string, double>>());
  }
  return golden;
}

ScoredItem make_item(const std::string& id, const std::string& hypothesis, const std::vector<std::string>& references) {
  ScoredItem item{id, split_tokens(hypothesis), {}};
  for (const std::string& reference : references) item.references.push_back(split_tokens(reference));
  return item;
}

}  // namespace saccade::test
