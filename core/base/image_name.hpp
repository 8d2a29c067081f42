#pragma once

#include <filesystem>

namespace saccade {

/// Whether the extension, in any case, belongs to a supported image format.
bool has_image_extension(const std::filesystem::path& path);

}  // namespace saccade
