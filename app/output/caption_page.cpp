#include "app/output/caption_page.hpp"

#include <nlohmann/json.hpp>

#include "app/output/page_data.hpp"
#include "app/output/page_template.hpp"
#include "core/text/printable.hpp"

namespace saccade::app {
namespace {

using nlohmann::json;

constexpr double kLongestSide = 960;  // pixels; thirty photos take a few megabytes

}  // namespace

CaptionPage::CaptionPage(const std::filesystem::path& file) : file_(file) {
  auto [begin, end] = page_template("caption.html");
  file_.write(begin);
  end_ = std::move(end);
}

void CaptionPage::add(const std::filesystem::path& photo, const cv::Mat& pixels,
                      const std::vector<PageCaption>& captions) {
  json list = json::array();
  for (const auto& caption : captions) list.push_back(page_caption(caption.label, caption.caption));
  file_.write(page_data("photo", {{"path", printable(photo.string())},
                                  {"name", printable(photo.filename().string())},
                                  {"image", page_picture(pixels, kLongestSide)},
                                  {"captions", list}}));
}

void CaptionPage::finish() {
  file_.write(end_);
  file_.commit();
}

}  // namespace saccade::app
