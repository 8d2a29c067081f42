#include "vision/files/image.hpp"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <mutex>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/base/image_name.hpp"
#include "core/text/printable.hpp"
#include "vision/files/color_transform.hpp"
#include "vision/files/container.hpp"
#include "vision/files/decode_gif.hpp"
#include "vision/files/decode_jpeg.hpp"
#include "vision/files/decode_png.hpp"
#include "vision/files/decode_tiff.hpp"
#include "vision/files/decoding_memory.hpp"
#include "vision/files/heif_picture.hpp"
#include "vision/files/quiet_call.hpp"
#include "vision/files/read_picture.hpp"

namespace saccade::vision {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMega = 1'000'000;

std::atomic<std::uint64_t> largest_picture{100};  // in megapixels

std::string read_bytes(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const std::string name = path.string();
  if (status.type() == fs::file_type::not_found) throw Error("{}: there is no such file", name);
  if (error) throw Error("{}: cannot open the file: {}", name, error.message());
  if (fs::is_directory(status)) throw Error("{}: is a folder, not a picture", name);
  if (!fs::is_regular_file(status)) throw Error("{}: is a pipe or a device; pictures are read from files only", name);
  std::string bytes = read_file(path);
  if (bytes.empty()) throw Error("{}: the file is empty", name);
  return bytes;
}

void require_sensible_size(const Container& container, const std::string& name) {
  constexpr std::uint64_t kLongestSide = 1U << 20;  // OpenCV's own limit
  if (container.width > kLongestSide || container.height > kLongestSide) {
    throw Error("{}: the picture is {} x {} pixels; a side of more than {} is not read", name, container.width,
                container.height, kLongestSide);
  }
  const std::uint64_t pixels = container.width * container.height;
  if (pixels > largest_picture * kMega) {
    throw Error("{}: the picture is {} x {} pixels; more than {} megapixels are read with --megapixels only", name,
                container.width, container.height, largest_picture.load());
  }
  // A decoder processes the whole image in each scan, even if the scan is nearly empty.
  constexpr std::uint64_t kMostInAllScans = 1'200 * kMega;
  if (container.scans > 1 && pixels * container.scans > std::max(kMostInAllScans, 12 * largest_picture * kMega)) {
    throw Error("{}: {} scans over {} x {} pixels would take too long to decode; save the picture anew", name,
                container.scans, container.width, container.height);
  }
}

/// Decodes WebP, BMP and TIFF with OpenCV, which prints to standard error if it fails.
cv::Mat decode_by_opencv(const std::string& bytes, const Container& container, const std::string& name) {
  const int flags = container.alpha == Container::Alpha::none
                        ? cv::IMREAD_COLOR | cv::IMREAD_ANYDEPTH | cv::IMREAD_IGNORE_ORIENTATION
                        : cv::IMREAD_UNCHANGED;
  cv::Mat image;
  call_quietly([&] {
    try {
      const cv::Mat buffer(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
      cv::imdecode(buffer, flags, &image);
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const cv::Exception& error) {
      if (error.code == cv::Error::StsNoMem) throw std::bad_alloc();
      image.release();
    } catch (const std::exception&) {
      image.release();
    }
  });
  const bool upright = static_cast<std::uint64_t>(image.cols) == container.width &&
                       static_cast<std::uint64_t>(image.rows) == container.height;
  const bool turned = container.format == Container::Format::tiff &&
                      static_cast<std::uint64_t>(image.cols) == container.height &&
                      static_cast<std::uint64_t>(image.rows) == container.width;
  const bool sensible = image.depth() == CV_8U || image.depth() == CV_16U;
  if (image.empty() || !(upright || turned) || !sensible) throw_damaged(name, container.format);
  return image;
}

std::string little_endian(std::uint64_t value, int width) {
  std::string bytes;
  for (int i = 0; i < width; ++i) bytes += static_cast<char>(value >> (8 * i));
  return bytes;
}

/// The first frame of an animated WebP on its canvas: BGRA, transparent where the frame leaves the canvas empty.
cv::Mat decode_webp_frame(const std::string& bytes, const Container& container, const std::string& name) {
  const Container::Frame& frame = *container.frame;
  std::string chunks = "WEBPVP8X" + little_endian(10, 4) + little_endian(frame.alpha ? 0x10 : 0, 4) +
                       little_endian(frame.width - 1, 3) + little_endian(frame.height - 1, 3);
  chunks.append(bytes, frame.offset, frame.length);
  const std::string still = "RIFF" + little_endian(chunks.size(), 4) + chunks;
  Container of_frame;
  of_frame.format = container.format;
  of_frame.width = frame.width;
  of_frame.height = frame.height;
  of_frame.alpha = frame.alpha ? Container::Alpha::straight : Container::Alpha::none;
  cv::Mat picture = decode_by_opencv(still, of_frame, name);
  if (picture.channels() == 3) cv::cvtColor(picture, picture, cv::COLOR_BGR2BGRA);
  const cv::Rect place(static_cast<int>(frame.left), static_cast<int>(frame.top), picture.cols, picture.rows);
  const cv::Size size(static_cast<int>(container.width), static_cast<int>(container.height));
  if (picture.size() == size) return picture;
  cv::Mat canvas(size, CV_8UC4, cv::Scalar::all(0));
  picture.copyTo(canvas(place));
  return canvas;
}

cv::Mat decode(const std::string& bytes, const Container& container, const std::string& name) {
  if (container.frame) return decode_webp_frame(bytes, container, name);
  cv::Mat image;
  if (container.format == Container::Format::jpeg) {
    image = decode_jpeg(bytes);
  } else if (container.format == Container::Format::png) {
    image = decode_png(bytes);
  } else if (container.format == Container::Format::tiff && container.cmyk) {
    image = decode_cmyk_tiff(bytes);
  } else if (container.format == Container::Format::gif) {
    image = decode_gif(bytes);
  } else if (container.format == Container::Format::heif) {
    call_quietly([&] { image = HeifPicture(bytes).decode(); });  // dav1d prints to standard error
  } else {
    return decode_by_opencv(bytes, container, name);
  }
  const bool whole = static_cast<std::uint64_t>(image.cols) == container.width &&
                     static_cast<std::uint64_t>(image.rows) == container.height;
  if (!whole) throw_damaged(name, container.format);
  return image;
}

cv::Mat to_8_bits(const cv::Mat& image) {
  if (image.depth() == CV_8U) return image;
  cv::Mat scaled;
  image.convertTo(scaled, CV_8U, 1.0 / 257);  // 65535 = 255 * 257
  return scaled;
}

/// Composites 8-bit BGRA pixels over white.
cv::Mat over_white(const cv::Mat& image, bool premultiplied) {
  cv::Mat opaque(image.size(), CV_8UC3);
  for (int row = 0; row < image.rows; ++row) {
    const auto* source = image.ptr<cv::Vec4b>(row);
    auto* target = opaque.ptr<cv::Vec3b>(row);
    for (int column = 0; column < image.cols; ++column) {
      const int alpha = source[column][3];
      for (int channel = 0; channel < 3; ++channel) {
        const int value = source[column][channel];
        const int covered = premultiplied ? std::min(value, alpha) : (value * alpha + 127) / 255;
        target[column][channel] = static_cast<unsigned char>(covered + 255 - alpha);
      }
    }
  }
  return opaque;
}

/// Converts CMYK as Adobe stores it to BGR, without a profile.
cv::Mat cmyk_to_bgr(const cv::Mat& image) {
  cv::Mat bgr(image.size(), CV_8UC3);
  for (int row = 0; row < image.rows; ++row) {
    const auto* source = image.ptr<cv::Vec4b>(row);
    auto* target = bgr.ptr<cv::Vec3b>(row);
    for (int column = 0; column < image.cols; ++column) {
      const cv::Vec4b& ink = source[column];
      for (int channel = 0; channel < 3; ++channel) {
        const int kept = ink[3] - (((255 - ink[2 - channel]) * ink[3]) >> 8);
        target[column][channel] = static_cast<unsigned char>(kept);
      }
    }
  }
  return bgr;
}

bool is_gray(const cv::Mat& bgr) {
  for (int row = 0; row < bgr.rows; ++row) {
    const auto* pixels = bgr.ptr<cv::Vec3b>(row);
    for (int column = 0; column < bgr.cols; ++column) {
      if (pixels[column][0] != pixels[column][1] || pixels[column][1] != pixels[column][2]) return false;
    }
  }
  return true;
}

/// Reports a profile that cannot be used, once per file and for a limited number of files: a server reads many.
void report_profile(const std::string& name, const std::string& problem) {
  static std::mutex mutex;
  static std::set<std::string> reported;
  const std::lock_guard lock(mutex);
  constexpr std::size_t kMost = 10000;
  if (reported.size() >= kMost || !reported.insert(name).second) return;
  const char* const clear = ::isatty(STDERR_FILENO) != 0 ? "\r\x1b[K" : "";  // there may be a progress bar
  std::fputs(fmt::format("{}saccade: note: {}: the color profile {}; the picture is read as sRGB\n", clear,
                         printable(name), problem)
                 .c_str(),
             stderr);
}

/// Adds the transform from the color space of the file to sRGB, if one is needed.
Picture with_color(cv::Mat pixels, const Container& container, const std::string& name) {
  FoundTransform found = transform_to_srgb(container.color, pixels.channels());
  const bool for_gray = found.transform && found.transform->pixels() == ColorTransform::Pixels::gray;
  if (for_gray && !is_gray(pixels)) found = {nullptr, "is of gray, unlike the picture"};
  if (!found.problem.empty()) report_profile(name, found.problem);
  if (!found.transform && pixels.channels() == 4) pixels = cmyk_to_bgr(pixels);
  return {std::move(pixels), std::move(found.transform)};
}

cv::Mat to_bgr(const cv::Mat& image, Container::Alpha alpha) {
  cv::Mat color;
  switch (image.channels()) {
    case 1:
      cv::cvtColor(image, color, cv::COLOR_GRAY2BGR);
      return color;
    case 4:
      return over_white(image, alpha == Container::Alpha::premultiplied);
    default:
      return image;
  }
}

/// Applies an EXIF orientation (1 to 8).
cv::Mat turn_upright(const cv::Mat& image, int orientation) {
  cv::Mat upright;
  switch (orientation) {
    case 2:
      cv::flip(image, upright, 1);
      return upright;
    case 3:
      cv::rotate(image, upright, cv::ROTATE_180);
      return upright;
    case 4:
      cv::flip(image, upright, 0);
      return upright;
    case 5:
      cv::transpose(image, upright);
      return upright;
    case 6:
      cv::rotate(image, upright, cv::ROTATE_90_CLOCKWISE);
      return upright;
    case 7:
      cv::transpose(image, upright);
      cv::flip(upright, upright, -1);
      return upright;
    case 8:
      cv::rotate(image, upright, cv::ROTATE_90_COUNTERCLOCKWISE);
      return upright;
    default:
      return image;
  }
}

}  // namespace

void set_largest_picture(int megapixels) {
  largest_picture = static_cast<std::uint64_t>(megapixels);
}

Picture read_picture(const fs::path& path) {
  try {
    return decode_picture(read_bytes(path), path.string());
  } catch (const std::bad_alloc&) {
    throw Error("{}: there is not enough memory to read the picture", path.string());
  }
}

cv::Mat read_image(const fs::path& path) {
  return srgb_pixels(read_picture(path));
}

cv::Mat decode_image(const std::string& bytes, const std::string& name) {
  return srgb_pixels(decode_picture(bytes, name));
}

Picture decode_picture(const std::string& bytes, const std::string& name) {
  const Container container = inspect_container(bytes, name);
  require_sensible_size(container, name);
  try {
    constexpr std::uint64_t kBytesOfPixel = 8;  // 16 bits with alpha, or two copies during rotation
    const DecodingMemory memory(bytes.size() + kBytesOfPixel * container.width * container.height);
    cv::Mat image = to_8_bits(decode(bytes, container, name));
    if (!container.cmyk) image = to_bgr(image, container.alpha);
    Picture picture = with_color(std::move(image), container, name);
    picture.pixels = turn_upright(picture.pixels, container.orientation);
    return picture;
  } catch (const std::bad_alloc&) {
    throw Error("{}: there is not enough memory to decode the picture", name);
  } catch (const cv::Exception&) {  // the pixels are valid, so only memory can be short
    throw Error("{}: there is not enough memory to decode the picture", name);
  }
}

bool looks_like_image_bytes(std::string_view bytes) {
  using namespace std::string_view_literals;
  const auto begins = [bytes](std::string_view with) { return bytes.substr(0, with.size()) == with; };
  const bool zero = bytes.substr(0, 16).find('\0') != std::string_view::npos;  // paths have none
  return begins("\xFF\xD8\xFF"sv) || begins("\x89PNG"sv) || begins("GIF8"sv) ||
         (zero && bytes.size() > 8 && bytes.substr(4, 4) == "ftyp"sv) ||
         (zero && (begins("BM"sv) || begins("II"sv) || begins("MM"sv))) ||
         (begins("RIFF"sv) && bytes.substr(8, 4) == "WEBP"sv);
}

bool looks_like_image_path(const fs::path& path) {
  return has_image_extension(path);
}

}  // namespace saccade::vision
