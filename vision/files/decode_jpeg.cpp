#include "vision/files/decode_jpeg.hpp"

#include <csetjmp>
#include <cstdio>
#include <jpeglib.h>
#include <new>
// Message codes; must follow jpeglib.h.
#include <jerror.h>

namespace saccade::vision {
namespace {

/// Error manager of libjpeg that jumps on errors and prints nothing.
struct ErrorManager {
  jpeg_error_mgr base;  // first, so that a pointer to it is a pointer to this
  std::jmp_buf failed;
  bool damaged = false;
};

void fail(j_common_ptr decoder) {
  std::longjmp(reinterpret_cast<ErrorManager*>(decoder->err)->failed, 1);
}

/// Notes warnings that mean missing or wrong pixels. Others (odd profiles, stray bytes between markers) occur in images
/// that every viewer shows completely.
void note_warning(j_common_ptr decoder, int level) {
  if (level >= 0) return;
  auto* const errors = reinterpret_cast<ErrorManager*>(decoder->err);
  switch (errors->base.msg_code) {
    case JWRN_ARITH_BAD_CODE:
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_JPEG_EOF:
    case JWRN_MUST_RESYNC:
      errors->damaged = true;
      break;
    default:
      break;
  }
}

void print_nothing(j_common_ptr /*decoder*/) {}

/// Selects gray, BGR or CMYK output. Returns false if libjpeg can produce none of them.
bool choose_output(jpeg_decompress_struct& decoder) {
  switch (decoder.num_components) {
    case 1:
      decoder.out_color_space = JCS_GRAYSCALE;
      return true;
    case 3:
      decoder.out_color_space = JCS_EXT_BGR;
      return true;
    case 4:
      decoder.out_color_space = JCS_CMYK;
      return true;
    default:
      return false;
  }
}

/// Decodes into `image`. Has no local objects with destructors, since errors jump out of it.
bool decode_into(jpeg_decompress_struct& decoder, ErrorManager& errors, std::string_view bytes, cv::Mat& image,
                 bool& lacks_memory) {
  if (setjmp(errors.failed) != 0) {
    lacks_memory = errors.base.msg_code == JERR_OUT_OF_MEMORY;
    return false;
  }
  jpeg_create_decompress(&decoder);
  jpeg_mem_src(&decoder, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  if (jpeg_read_header(&decoder, TRUE) != JPEG_HEADER_OK || !choose_output(decoder)) return false;
  jpeg_start_decompress(&decoder);
  image.create(static_cast<int>(decoder.output_height), static_cast<int>(decoder.output_width),
               CV_8UC(decoder.output_components));
  while (decoder.output_scanline < decoder.output_height) {
    JSAMPROW row = image.ptr(static_cast<int>(decoder.output_scanline));
    jpeg_read_scanlines(&decoder, &row, 1);
  }
  jpeg_finish_decompress(&decoder);
  return !errors.damaged;
}

}  // namespace

cv::Mat decode_jpeg(std::string_view bytes) {
  jpeg_decompress_struct decoder{};
  ErrorManager errors{};
  decoder.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = fail;
  errors.base.emit_message = note_warning;
  errors.base.output_message = print_nothing;
  cv::Mat image;
  bool lacks_memory = false, whole = false;
  try {
    whole = decode_into(decoder, errors, bytes, image, lacks_memory);
  } catch (...) {  // no memory for the pixels
    jpeg_destroy_decompress(&decoder);
    throw std::bad_alloc();
  }
  jpeg_destroy_decompress(&decoder);
  if (lacks_memory) throw std::bad_alloc();
  return whole ? image : cv::Mat();
}

}  // namespace saccade::vision
