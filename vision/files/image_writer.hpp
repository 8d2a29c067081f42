#pragma once

#include <filesystem>
#include <string>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Writes an 8-bit image in the format of the extension (.png, .jpg, .jpeg or .webp), atomically, with a maker mark
/// (vision/files/maker_mark.hpp). Throws Error if the extension is another, the image is too large for the format,
/// memory is insufficient, or the file cannot be written.
void write_image(const std::filesystem::path& path, const cv::Mat& image, const std::string& subject = {});

/// Encodes an 8-bit image as JPEG. `quality`: 0 to 100. Throws Error if memory is insufficient.
std::string encode_jpeg(const cv::Mat& image, int quality);

/// Throws the Error that write_image would throw for this extension, so that callers can check before long work.
void require_writable_format(const std::filesystem::path& path);

}  // namespace saccade::vision
