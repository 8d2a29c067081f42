#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace saccade::vision {

/// Adds a note to a PNG, JPEG or lossy WebP file that this program wrote it: a text chunk, a comment or an Exif tag.
/// Other formats are returned unchanged. `subject`: 16 hexadecimal digits that identify what the image shows, or empty.
std::string with_maker_mark(std::string_view bytes, const std::string& subject = {});

/// The subject in the note of a file. Returns nothing if the file has no note or cannot be read.
std::optional<std::string> maker_mark(const std::filesystem::path& path);

}  // namespace saccade::vision
