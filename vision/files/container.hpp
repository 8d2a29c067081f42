#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vision/files/color_space.hpp"

namespace saccade::vision {

/// What a picture's file says about itself before a single pixel is decoded.
struct Container {
  enum class Format { jpeg, png, webp, bmp, tiff, gif, heif };
  enum class Alpha { none, straight, premultiplied };

  Format format = Format::jpeg;
  std::uint64_t width = 0;  ///< as stored, before the orientation is obeyed
  std::uint64_t height = 0;
  std::uint64_t scans = 1;    ///< times that a decoder goes over the whole picture
  int orientation = 1;        ///< EXIF tag 274: 1 to 8
  Alpha alpha = Alpha::none;  ///< of the pixels as they are decoded
  /// The first frame of an animated WebP: where its chunks lie in the file, and where it goes on the canvas.
  struct Frame {
    std::uint64_t offset = 0, length = 0;
    std::uint64_t left = 0, top = 0, width = 0, height = 0;
    bool alpha = false;
  };
  std::optional<Frame> frame;
  ColorSpace color;
  bool cmyk = false;  ///< four inks, which are decoded as Adobe stores them: 255 is no ink
};

/// "JPEG", "PNG", ...
const char* format_name(Container::Format format);

/// Reads the headers of a picture's file, `bytes`, and walks through its parts to see that it is whole. `name` stands
/// in messages. Throws Error when the file is of another kind, damaged, or ends too early.
Container inspect_container(std::string_view bytes, const std::string& name);

/// The formats one by one; `bytes` begin with the format's signature.
Container inspect_jpeg(std::string_view bytes, const std::string& name);
Container inspect_png(std::string_view bytes, const std::string& name);
Container inspect_webp(std::string_view bytes, const std::string& name);
Container inspect_bmp(std::string_view bytes, const std::string& name);
Container inspect_tiff(std::string_view bytes, const std::string& name);
Container inspect_gif(std::string_view bytes, const std::string& name);
Container inspect_heif(std::string_view bytes, const std::string& name);  ///< HEIC and AVIF

/// What they throw.
[[noreturn]] void throw_truncated(const std::string& name, Container::Format format);
[[noreturn]] void throw_damaged(const std::string& name, Container::Format format);

}  // namespace saccade::vision
