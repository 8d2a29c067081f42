#include "app/output/caption_json.hpp"

#include <vector>

#include <nlohmann/json.hpp>

#include "core/base/error.hpp"
#include "core/text/unicode.hpp"

namespace saccade::app {

namespace {

/// A table as an array of rows.
template <typename Number>
nlohmann::json rows(const std::vector<Number>& table, std::size_t count, std::size_t columns) {
  nlohmann::json result = nlohmann::json::array();
  if (table.empty()) return result;
  for (std::size_t row = 0; row < count; ++row) {
    const auto first = table.begin() + static_cast<std::ptrdiff_t>(row * columns);
    result.push_back(std::vector<Number>(first, first + static_cast<std::ptrdiff_t>(columns)));
  }
  return result;
}

}  // namespace

std::string caption_json(const CaptionRecord& record) {
  const Caption& caption = record.caption;
  const std::string path = record.path.string();
  const auto cells = static_cast<std::size_t>(caption.grid.cells());
  nlohmann::ordered_json object{
      {"path", path},
      {"rank", record.rank},
      {"caption", caption.text()},
      {"words", caption.words},
      {"log_probability", caption.log_probability},
      {"log_probabilities", caption.log_probabilities},
      {"beta", caption.beta},
      {"alpha", rows(caption.alpha, caption.words.size(), cells)},
      {"cells", caption.cells},
      {"grid", {{"rows", caption.grid.rows}, {"columns", caption.grid.columns}, {"shift", caption.grid.shift}}}};
  if (!is_utf8(path)) object["path_bytes"] = std::vector<unsigned char>(path.begin(), path.end());
  if (record.seed) object["seed"] = *record.seed;
  if (caption.layout.maps() > 1) {
    const auto maps = static_cast<std::size_t>(caption.layout.maps());
    object["layers"] = caption.layout.layers;
    object["heads"] = caption.layout.heads;
    nlohmann::json maps_of_words = nlohmann::json::array();
    for (std::size_t t = 0; t < caption.words.size(); ++t) {
      const auto first = caption.every_alpha.begin() + static_cast<std::ptrdiff_t>(t * maps * cells);
      const std::vector<float> of_word(first, first + static_cast<std::ptrdiff_t>(maps * cells));
      maps_of_words.push_back(rows(of_word, maps, cells));
    }
    object["maps"] = maps_of_words;
    object["cells_of_maps"] = rows(caption.every_cell, caption.every_cell.empty() ? 0 : caption.words.size(), maps);
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::filesystem::path path_in(const nlohmann::json& object) {
  try {
    if (!object.contains("path_bytes")) return object.at("path").get<std::string>();
    const auto bytes = object.at("path_bytes").get<std::vector<unsigned char>>();
    return std::string(bytes.begin(), bytes.end());
  } catch (const nlohmann::json::exception&) {
    throw Error("the path of a caption is neither text nor a list of bytes");
  }
}

}  // namespace saccade::app
