#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saccade::app {

/// The files beside a photo that hold its captions: `a.txt` with all of them, a line each, and `a.jpg.xmp` with the
/// best one as dc:description (Adobe, XMP Specification, parts 1 and 2), which photo managers read.
enum class Sidecar { kText, kXmp };

std::filesystem::path sidecar_of(const std::filesystem::path& photo, Sidecar kind);

/// Whether such a file holds a caption. Throws Error, naming the file, when it is XMP that cannot be read.
bool has_caption(const std::filesystem::path& file, Sidecar kind);

/// Whether this program made it: never to be known of a text.
bool is_own(const std::filesystem::path& file, Sidecar kind);

/// Writes the file, whole or not at all; whatever else an XMP file holds is kept. Throws Error when it cannot be
/// written, or when the file there is damaged.
void write_sidecar(const std::filesystem::path& file, Sidecar kind, const std::vector<std::string>& captions);

}  // namespace saccade::app
