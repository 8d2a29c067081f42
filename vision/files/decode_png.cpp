#include "vision/files/decode_png.hpp"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <new>
#include <png.h>
#include <vector>

namespace saccade::vision {
namespace {

/// The bytes that libpng has not read yet.
void read_bytes(png_structp decoder, png_bytep target, std::size_t count) {
  auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(decoder));
  if (count > rest.size()) png_error(decoder, "the file ends too early");
  std::memcpy(target, rest.data(), count);
  rest.remove_prefix(count);
}

/// Jumps to the caller of libpng without printing the message.
void fail(png_structp decoder, png_const_charp /*message*/) {
  png_longjmp(decoder, 1);
}

void ignore_warning(png_structp /*decoder*/, png_const_charp /*message*/) {}

/// Asks for gray, BGR or BGRA samples in the byte order of this machine.
void choose_output(png_structp decoder, png_infop info) {
  png_set_expand(decoder);  // palettes, 1, 2 and 4 bits, and a transparent color
  png_set_bgr(decoder);
  const std::uint16_t one = 1;
  const bool little_endian = *reinterpret_cast<const unsigned char*>(&one) == 1;
  if (png_get_bit_depth(decoder, info) == 16 && little_endian) png_set_swap(decoder);
  const bool gray = (png_get_color_type(decoder, info) & PNG_COLOR_MASK_COLOR) == 0;
  const bool alpha = (png_get_color_type(decoder, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                     png_get_valid(decoder, info, PNG_INFO_tRNS) != 0;
  if (gray && alpha) png_set_gray_to_rgb(decoder);
  png_set_interlace_handling(decoder);
  png_read_update_info(decoder, info);
}

/// Decodes into `image`. It has no local objects with destructors, since libpng's errors jump out of it. Allocations
/// of `image` and `rows` throw through no C code.
bool decode_into(png_structp decoder, png_infop info, cv::Mat& image, std::vector<png_bytep>& rows) {
  if (setjmp(png_jmpbuf(decoder)) != 0) return false;
  png_read_info(decoder, info);
  choose_output(decoder, info);
  const int depth = png_get_bit_depth(decoder, info) == 16 ? CV_16U : CV_8U;
  image.create(static_cast<int>(png_get_image_height(decoder, info)),
               static_cast<int>(png_get_image_width(decoder, info)),
               CV_MAKETYPE(depth, png_get_channels(decoder, info)));
  if (png_get_rowbytes(decoder, info) != image.cols * image.elemSize()) return false;
  rows.resize(static_cast<std::size_t>(image.rows));
  for (int row = 0; row < image.rows; ++row) rows[static_cast<std::size_t>(row)] = image.ptr(row);
  png_read_image(decoder, rows.data());
  png_read_end(decoder, nullptr);
  return true;
}

}  // namespace

cv::Mat decode_png(std::string_view bytes) {
  png_structp decoder = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore_warning);
  png_infop info = decoder != nullptr ? png_create_info_struct(decoder) : nullptr;
  if (info == nullptr) {
    png_destroy_read_struct(&decoder, nullptr, nullptr);
    throw std::bad_alloc();
  }
  constexpr png_uint_32 kLongestSide = 1U << 20;  // OpenCV's limit
  png_set_user_limits(decoder, kLongestSide, kLongestSide);
  png_set_read_fn(decoder, &bytes, read_bytes);
  cv::Mat image;
  std::vector<png_bytep> rows;
  bool whole = false;
  try {
    whole = decode_into(decoder, info, image, rows);
  } catch (...) {  // no memory for the pixels
    png_destroy_read_struct(&decoder, &info, nullptr);
    throw std::bad_alloc();
  }
  png_destroy_read_struct(&decoder, &info, nullptr);
  return whole ? image : cv::Mat();
}

}  // namespace saccade::vision
