#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// Sidecar files of a photo: `a.txt` with all captions, one per line, and `a.jpg.xmp` with the best one as
/// dc:description (Adobe, XMP Specification, parts 1 and 2) for photo managers.
enum class Sidecar { kText, kXmp };

std::filesystem::path sidecar_of(const std::filesystem::path& photo, Sidecar kind);

/// Whether a sidecar contains a caption. Throws Error with the file name if XMP cannot be read.
bool has_caption(const std::filesystem::path& file, Sidecar kind);

/// Whether Saccade wrote it; unknown for text files.
bool is_own(const std::filesystem::path& file, Sidecar kind);

/// Writes the file atomically and keeps other contents of an XMP file. Throws Error if it cannot be written or the
/// existing file is damaged.
void write_sidecar(const std::filesystem::path& file, Sidecar kind, const std::vector<std::string>& captions);

}  // namespace saccade::app
