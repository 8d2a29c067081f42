#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "vision/files/color_space.hpp"

namespace saccade::vision {

/// Properties of an image file that its headers state.
struct Container {
  enum class Format { jpeg, png, webp, bmp, tiff, gif, heif };
  enum class Alpha { none, straight, premultiplied };

  Format format = Format::jpeg;
  std::uint64_t width = 0;  ///< as stored, before the orientation is applied
  std::uint64_t height = 0;
  std::uint64_t scans = 1;    ///< number of passes of the decoder over the whole image
  int orientation = 1;        ///< EXIF tag 274: 1 to 8
  Alpha alpha = Alpha::none;  ///< of the decoded pixels
  /// The first frame of an animated WebP: position of its chunks in the file, and of the frame on the canvas.
  struct Frame {
    std::uint64_t offset = 0, length = 0;
    std::uint64_t left = 0, top = 0, width = 0, height = 0;
    bool alpha = false;
  };
  std::optional<Frame> frame;
  ColorSpace color;
  bool cmyk = false;  ///< four channels as Adobe stores them: 255 is no ink
};

/// "JPEG", "PNG", ...
const char* format_name(Container::Format format);

/// Reads the headers of an image file and checks, without decoding pixels, that the file is complete. `name` is the
/// file name in messages. Throws Error if the format is not supported, or the file is damaged or truncated.
Container inspect_container(std::string_view bytes, const std::string& name);

/// The same for each format; `bytes` start with the signature of the format.
Container inspect_jpeg(std::string_view bytes, const std::string& name);
Container inspect_png(std::string_view bytes, const std::string& name);
Container inspect_webp(std::string_view bytes, const std::string& name);
Container inspect_bmp(std::string_view bytes, const std::string& name);
Container inspect_tiff(std::string_view bytes, const std::string& name);
Container inspect_gif(std::string_view bytes, const std::string& name);
Container inspect_heif(std::string_view bytes, const std::string& name);  ///< HEIC and AVIF

/// Throw the Error for a truncated or damaged file.
[[noreturn]] void throw_truncated(const std::string& name, Container::Format format);
[[noreturn]] void throw_damaged(const std::string& name, Container::Format format);

}  // namespace saccade::vision
