#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// Sidecar files of a photo `a.jpg`: `a.txt` (kText) or `a.jpg.txt` (kFullText) with all captions, one per line, and
/// `a.jpg.xmp` with the best one as dc:description (Adobe, XMP Specification, parts 1 and 2) for photo managers.
enum class Sidecar { kText, kFullText, kXmp };

std::filesystem::path sidecar_of(const std::filesystem::path& photo, Sidecar kind);

/// Whether a sidecar contains a caption that is not blank. Throws Error with the file name if it cannot be read.
bool has_caption(const std::filesystem::path& file, Sidecar kind);

/// Whether the sidecar may be replaced without loss: a blank text file, or an XMP file that Saccade wrote or whose
/// description is blank. Throws Error with the file name if it cannot be read.
bool is_replaceable(const std::filesystem::path& file, Sidecar kind);

/// Writes the file atomically. Keeps other contents of an XMP file, including descriptions in other languages. Throws
/// Error if it cannot be written or the existing file is damaged.
void write_sidecar(const std::filesystem::path& file, Sidecar kind, const std::vector<std::string>& captions);

}  // namespace saccade::app
