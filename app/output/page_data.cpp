#include "app/output/page_data.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "core/text/base64.hpp"
#include "vision/files/image_writer.hpp"

namespace saccade::app {

using nlohmann::json;

namespace {

/// Weights as bytes; 255 is the largest.
std::string bytes_of(const std::vector<float>& weights, float peak) {
  std::string bytes;
  for (const float weight : weights) bytes += static_cast<char>(std::lround(255 * weight / std::max(peak, 1e-9F)));
  return base64(bytes);
}

float peak_of(const std::vector<float>& weights) {
  return weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
}

}  // namespace

std::string page_picture(const cv::Mat& pixels, double longest_side) {
  constexpr int kQuality = 80;
  const double scale = std::min(1.0, longest_side / std::max(pixels.cols, pixels.rows));
  cv::Mat small = pixels;
  if (scale < 1) cv::resize(pixels, small, {}, scale, scale, cv::INTER_AREA);
  return "data:image/jpeg;base64," + base64(vision::encode_jpeg(small, kQuality));
}

json page_caption(const std::string& label, const Caption& caption) {
  std::vector<double> probabilities;
  for (const float p : caption.log_probabilities) probabilities.push_back(std::round(1e4 * std::exp(p)) / 1e4);
  const float peak = peak_of(caption.alpha);
  json object{{"label", label},
              {"words", caption.words},
              {"p", probabilities},
              {"beta", caption.beta},
              {"log_probability", caption.log_probability},
              {"grid", {{"rows", caption.grid.rows}, {"columns", caption.grid.columns}, {"shift", caption.grid.shift}}},
              {"cells", caption.cells},
              {"alpha", bytes_of(caption.alpha, peak)},
              {"peak", peak}};
  if (caption.layout.maps() > 1) {
    object["layers"] = caption.layout.layers;
    object["heads"] = caption.layout.heads;
    object["every"] = bytes_of(caption.every_alpha, peak_of(caption.every_alpha));
  }
  return object;
}

std::string page_data(const std::string& kind, const nlohmann::json& data) {
  std::string text;
  for (const char c : data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";  // equivalent inside JSON strings
    } else {
      text += c;
    }
  }
  return fmt::format("<script type=\"application/json\" class=\"{}\">{}</script>\n", kind, text);
}

}  // namespace saccade::app
