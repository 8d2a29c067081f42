#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Sets the size limit of images in megapixels for the whole process (initially 100). Larger images are rejected before
/// they are decoded.
void set_largest_picture(int megapixels);

/// Reads a JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF file: 8-bit BGR in sRGB, at full size, with the
/// EXIF orientation applied. Gray becomes BGR, transparent pixels are composited over white, and 16 bits are scaled
/// to 8. Of several pages or frames, reads the first; of HEIC and AVIF, the primary image. Throws Error with the path
/// if the file is missing, not a regular file, unreadable, empty, of another format, damaged, truncated or above the
/// size limit, if decoding would take too long, or if memory is insufficient. Threads that decode large images wait for
/// each other (vision/files/decoding_memory.hpp).
cv::Mat read_image(const std::filesystem::path& path);

/// The same for the bytes of a file; `name` is the file name in messages.
cv::Mat decode_image(const std::string& bytes, const std::string& name);

/// Whether the bytes start with the signature of a supported format, so that they cannot be a path.
bool looks_like_image_bytes(std::string_view bytes);

/// Whether the file name has the extension of a supported format, in upper or lower case.
bool looks_like_image_path(const std::filesystem::path& path);

}  // namespace saccade::vision
