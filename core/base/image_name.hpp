#pragma once

#include <filesystem>

namespace saccade {

/// Whether the file's extension, in any case, is one of an image format that can be read.
bool has_image_extension(const std::filesystem::path& path);

}  // namespace saccade
