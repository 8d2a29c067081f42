#pragma once

#include <filesystem>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Writes an 8-bit picture in the format that the path's extension names: .png, .jpg or .jpeg, or .webp. The file
/// appears whole or not at all. Throws Error for another extension, for a picture too large for the format, and when
/// the file cannot be written.
void write_image(const std::filesystem::path& path, const cv::Mat& image);

/// Throws the Error that write_image would throw for the extension: to be asked before long work begins.
void require_writable_format(const std::filesystem::path& path);

}  // namespace saccade::vision
