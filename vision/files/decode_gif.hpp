#pragma once

#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Decodes the first image of a complete GIF (see inspect_gif) on its canvas: 8 bits, BGRA. Returns an empty image if
/// it is damaged.
cv::Mat decode_gif(std::string_view bytes);

}  // namespace saccade::vision
