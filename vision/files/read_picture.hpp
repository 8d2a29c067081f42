#pragma once

#include <filesystem>
#include <string>

#include "vision/files/picture.hpp"

namespace saccade::vision {

/// Reads a picture file as read_image does (vision/files/image.hpp), but leaves its pixels in the color space of the
/// file, beside the transform to sRGB. A color profile that cannot be used is reported on standard error, once per
/// file, and the picture is read as sRGB.
Picture read_picture(const std::filesystem::path& path);

/// The same for a file's bytes; `name` appears in messages.
Picture decode_picture(const std::string& bytes, const std::string& name);

}  // namespace saccade::vision
