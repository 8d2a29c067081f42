#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include <opencv2/core/mat.hpp>

namespace saccade::vision {

/// Pictures of more millions of pixels than this, 100 where nothing is said, are refused before they are decoded: from
/// here on, in the whole program.
void set_largest_picture(int megapixels);

/// Reads a JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF file: 8 bits, 3 channels, BGR, at its own size, turned upright
/// as its EXIF orientation asks. Gray becomes BGR, transparency is laid over white, 16 bits are scaled to 8; of several
/// pages or pictures the first (of HEIC and AVIF the main one) is read. Throws Error, naming the path, when there is no
/// such file, it is a folder, a pipe or a device, cannot be opened, is empty, is of another kind, is damaged, ends too
/// early, or is larger than is allowed; when its scans would take too long, and when there is not enough memory.
/// Threads that read large pictures wait for each other (vision/files/decoding_memory.hpp).
cv::Mat read_image(const std::filesystem::path& path);

/// The same of a file's bytes; `name` stands in messages.
cv::Mat decode_image(const std::string& bytes, const std::string& name);

/// Whether bytes begin as a file of one of the readable formats does, so that they are no text.
bool looks_like_image_bytes(std::string_view bytes);

/// Whether the extension is one of the readable formats', in any case: what a scan of a folder should pick up.
bool looks_like_image_path(const std::filesystem::path& path);

}  // namespace saccade::vision
