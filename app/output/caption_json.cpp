#include "app/output/caption_json.hpp"

#include <vector>

#include <nlohmann/json.hpp>

namespace saccade::app {

std::string caption_json(const std::filesystem::path& path, int rank, const Caption& caption) {
  nlohmann::json alpha = nlohmann::json::array();
  for (std::size_t t = 0; t < caption.words.size(); ++t) {
    alpha.push_back(std::vector<float>(caption.alpha_of(t), caption.alpha_of(t) + caption.grid.cells()));
  }
  const nlohmann::ordered_json object{
      {"path", path.string()},
      {"rank", rank},
      {"caption", caption.text()},
      {"words", caption.words},
      {"log_probability", caption.log_probability},
      {"log_probabilities", caption.log_probabilities},
      {"beta", caption.beta},
      {"alpha", alpha},
      {"cells", caption.cells},
      {"grid", {{"rows", caption.grid.rows}, {"columns", caption.grid.columns}, {"shift", caption.grid.shift}}}};
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace saccade::app
