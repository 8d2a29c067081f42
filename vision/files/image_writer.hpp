#pragma once

#include <filesystem>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Writes an 8-bit picture in the format that the path's extension names: .png, .jpg or .jpeg, or .webp. The file
/// appears whole or not at all, and notes that this program made it (vision/files/maker_mark.hpp). Throws Error for
/// another extension, for a picture too large for the format, without memory, and when the file cannot be written.
void write_image(const std::filesystem::path& path, const cv::Mat& image);

/// An 8-bit picture as the bytes of a JPEG file; `quality` is from 0 to 100. Throws Error without memory.
std::string encode_jpeg(const cv::Mat& image, int quality);

/// Throws the Error that write_image would throw for the extension: to be asked before long work begins.
void require_writable_format(const std::filesystem::path& path);

}  // namespace saccade::vision
