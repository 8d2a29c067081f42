#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>
#include <opencv2/core/mat.hpp>

#include "core/text/caption.hpp"

namespace saccade::app {

/// Data as an element of a page, in which nothing of theirs can be taken for HTML.
std::string page_data(const std::string& kind, const nlohmann::json& data);

/// A photo for a page, scaled down to at most so many pixels a side: the address of its own bytes.
std::string page_picture(const cv::Mat& pixels, double longest_side);

/// A caption with its maps, as the pages' scripts read them; `label` stands above it.
nlohmann::json page_caption(const std::string& label, const Caption& caption);

}  // namespace saccade::app
