#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <opencv2/core/mat.hpp>

#include "vision/files/color_space.hpp"

struct heif_context;
struct heif_image_handle;

namespace saccade::vision {

/// The main picture of a HEIC or AVIF file, upright, as the file asks. The bytes must outlive it.
class HeifPicture {
 public:
  /// Reads what the file says of it. Without a picture, `whole()` is false and there is nothing else to ask.
  explicit HeifPicture(std::string_view bytes);

  bool whole() const { return handle_ != nullptr; }
  std::uint64_t width() const;
  std::uint64_t height() const;
  bool transparent() const;
  bool premultiplied() const;

  ColorSpace color() const;

  /// 8 bits, BGR or, where it is transparent, BGRA. Empty where it is damaged, or coded as nothing here decodes.
  cv::Mat decode() const;

 private:
  std::shared_ptr<heif_context> context_;
  std::shared_ptr<heif_image_handle> handle_;
};

}  // namespace saccade::vision
