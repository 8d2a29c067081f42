#include "app/output/caption_page.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>
#include <opencv2/imgproc.hpp>

#include "app/output/page_template.hpp"
#include "core/text/base64.hpp"
#include "core/text/printable.hpp"
#include "vision/files/image_writer.hpp"

namespace saccade::app {
namespace {

using nlohmann::json;

/// At most so many pixels a side, that thirty photos are some megabytes.
std::string picture_of(const cv::Mat& pixels) {
  constexpr double kLongestSide = 960;
  constexpr int kQuality = 80;
  const double scale = std::min(1.0, kLongestSide / std::max(pixels.cols, pixels.rows));
  cv::Mat small = pixels;
  if (scale < 1) cv::resize(pixels, small, {}, scale, scale, cv::INTER_AREA);
  return "data:image/jpeg;base64," + base64(vision::encode_jpeg(small, kQuality));
}

/// Weights as a byte each: 255 is the largest of all.
std::string bytes_of(const std::vector<float>& weights, float peak) {
  std::string bytes;
  for (const float weight : weights) bytes += static_cast<char>(std::lround(255 * weight / std::max(peak, 1e-9F)));
  return base64(bytes);
}

float peak_of(const std::vector<float>& weights) {
  return weights.empty() ? 0 : *std::max_element(weights.begin(), weights.end());
}

json caption_of(const PageCaption& labelled) {
  const Caption& caption = labelled.caption;
  std::vector<double> probabilities;
  for (const float p : caption.log_probabilities) probabilities.push_back(std::round(1e4 * std::exp(p)) / 1e4);
  const float peak = peak_of(caption.alpha);
  json object{{"label", labelled.label},
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

}  // namespace

CaptionPage::CaptionPage(const std::filesystem::path& file) : file_(file) {
  auto [begin, end] = page_template("caption.html");
  file_.write(begin);
  end_ = std::move(end);
}

void CaptionPage::add(const std::filesystem::path& photo, const cv::Mat& pixels,
                      const std::vector<PageCaption>& captions) {
  json list = json::array();
  for (const auto& caption : captions) list.push_back(caption_of(caption));
  file_.write(page_data("photo", {{"path", printable(photo.string())},
                                  {"name", printable(photo.filename().string())},
                                  {"image", picture_of(pixels)},
                                  {"captions", list}}));
}

void CaptionPage::finish() {
  file_.write(end_);
  file_.commit();
}

bool is_page(const std::filesystem::path& file) {
  std::string beginning(page_beginning().size(), '\0');
  std::ifstream(file, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == page_beginning();
}

}  // namespace saccade::app
