#pragma once

#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// The first picture of a GIF that inspect_gif has found whole, on its canvas: 8 bits, BGRA. Empty where it is damaged.
cv::Mat decode_gif(std::string_view bytes);

}  // namespace saccade::vision
