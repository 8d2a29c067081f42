#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>
#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"

namespace saccade::app {

/// Data as an element of a page, escaped for HTML.
std::string page_data(const std::string& kind, const nlohmann::json& data);

/// A photo for a page as a data URL, scaled to at most `longest_side` pixels.
std::string page_picture(const cv::Mat& pixels, double longest_side);

/// A caption with its maps for the scripts of the pages. `label`: heading.
nlohmann::json page_caption(const std::string& label, const Caption& caption);

}  // namespace saccade::app
