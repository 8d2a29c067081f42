#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <opencv2/core/mat.hpp>

#include "vision/files/color_space.hpp"

struct heif_context;
struct heif_image_handle;

namespace saccade::vision {

/// Primary image of a HEIC or AVIF file, with rotation and mirroring applied. `bytes` must outlive this object.
class HeifPicture {
 public:
  /// Reads the metadata. If the file has no image, `whole()` is false and no other function may be called.
  explicit HeifPicture(std::string_view bytes);

  bool whole() const { return handle_ != nullptr; }
  std::uint64_t width() const;
  std::uint64_t height() const;
  bool transparent() const;
  bool premultiplied() const;

  ColorSpace color() const;

  /// Decodes to 8-bit BGR, or BGRA if transparent. Returns an empty image if the data is damaged or no decoder supports
  /// it.
  cv::Mat decode() const;

 private:
  std::shared_ptr<heif_context> context_;
  std::shared_ptr<heif_image_handle> handle_;
};

}  // namespace saccade::vision
