#pragma once

#include <filesystem>
#include <string>

#include "vision/files/picture.hpp"

namespace saccade::vision {

/// Reads an image file as read_image does (vision/files/image.hpp), but keeps the pixels in the color space of the file
/// and returns the transform to sRGB. Reports a color profile that cannot be used on standard error, once per file, and
/// reads the image as sRGB.
Picture read_picture(const std::filesystem::path& path);

/// The same for the bytes of a file; `name` is the file name in messages.
Picture decode_picture(const std::string& bytes, const std::string& name);

}  // namespace saccade::vision
