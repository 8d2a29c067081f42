#include "app/serve/caption_query.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "app/options/caption_options.hpp"

namespace saccade::app {

const std::vector<std::string>& query_options() {
  static const std::vector<std::string> names{"beam",        "max-length",     "min-length", "length-penalty",
                                              "specificity", "cell-selection", "seed",       "top",
                                              "samples",     "head",           "layer"};
  return names;
}

CaptionChoice choice_of(const std::multimap<std::string, std::string>& given, const models::Captioner& model,
                        int largest_search) {
  std::vector<std::string> words;
  for (const auto& [name, value] : given) {
    if (name == "model") continue;
    const auto& known = query_options();
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw UsageError(
          fmt::format("unrecognized option --{}; use model, {}", name.substr(0, 100), fmt::join(known, ", ")));
    }
    words.push_back("--" + name + "=" + value);
  }
  words.emplace_back("-");  // stands for the picture of the request
  CaptionOptions options;
  const auto parsed = parse(caption_command(), words, fields_of(options), {"photo", &options.photos});
  try {
    options.check(*parsed);
    options.check_model(*parsed, model);
  } catch (const UsageError& error) {
    throw ConflictError(error.what());
  }
  const models::SearchOptions search = options.search_of(model);
  const std::int64_t work = std::int64_t{search.beam} * search.max_length * options.samples;
  if (work > largest_search) {
    throw ConflictError(
        fmt::format("--beam {} x --max-length {} x --samples {} exceeds the limit of this server, {}; use less",
                    search.beam, search.max_length, options.samples, largest_search));
  }
  return {search, options.top, options.samples, options.head, options.layer};
}

nlohmann::ordered_json query_parameters() {
  CaptionOptions options;
  auto parameters = nlohmann::ordered_json::array();
  const Fields fields = fields_of(options);
  for (const std::string& name : query_options()) {
    for (const Field& field : fields.all()) {
      if (field.name != name) continue;
      nlohmann::ordered_json schema;
      if (field.type == Field::Type::kText) {
        schema = {{"type", "string"}, {"enum", field.choices}};
      } else {
        const bool whole = field.type == Field::Type::kWhole;
        schema["type"] = whole ? "integer" : "number";
        // A declaration stores its range as text, such as "a whole number from 1 to 100".
        long long low = 0, high = 0;
        const std::size_t from = field.wanted.find(" from ");
        if (from != std::string::npos &&
            std::sscanf(field.wanted.c_str() + from, " from %lld to %lld", &low, &high) == 2) {
          schema["minimum"] = low;
          schema["maximum"] = high;
        }
      }
      parameters.push_back(
          {{"name", name}, {"in", "query"}, {"description", field.help}, {"schema", std::move(schema)}});
    }
  }
  return parameters;
}

}  // namespace saccade::app
