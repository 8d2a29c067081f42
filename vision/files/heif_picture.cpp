#include "vision/files/heif_picture.hpp"

#include <libheif/heif.h>
#include <opencv2/imgproc.hpp>

namespace saccade::vision {
namespace {

bool fine(const heif_error& error) {
  return error.code == heif_error_Ok;
}

}  // namespace

HeifPicture::HeifPicture(std::string_view bytes) : context_(heif_context_alloc(), heif_context_free) {
  if (!fine(heif_context_read_from_memory_without_copy(context_.get(), bytes.data(), bytes.size(), nullptr))) return;
  heif_image_handle* handle = nullptr;
  if (!fine(heif_context_get_primary_image_handle(context_.get(), &handle))) return;
  handle_ = {handle, heif_image_handle_release};
}

std::uint64_t HeifPicture::width() const {
  return static_cast<std::uint64_t>(heif_image_handle_get_width(handle_.get()));
}

std::uint64_t HeifPicture::height() const {
  return static_cast<std::uint64_t>(heif_image_handle_get_height(handle_.get()));
}

bool HeifPicture::transparent() const {
  return heif_image_handle_has_alpha_channel(handle_.get()) != 0;
}

bool HeifPicture::premultiplied() const {
  return heif_image_handle_is_premultiplied_alpha(handle_.get()) != 0;
}

ColorSpace HeifPicture::color() const {
  ColorSpace color;
  if (const std::size_t size = heif_image_handle_get_raw_color_profile_size(handle_.get()); size > 0) {
    color.icc.resize(size);
    if (!fine(heif_image_handle_get_raw_color_profile(handle_.get(), color.icc.data()))) color.icc.clear();
    return color;
  }
  heif_color_profile_nclx* nclx = nullptr;
  if (!fine(heif_image_handle_get_nclx_color_profile(handle_.get(), &nclx))) return color;
  color = color_space_of_code_points(nclx->color_primaries, nclx->transfer_characteristics);
  heif_nclx_color_profile_free(nclx);
  return color;
}

cv::Mat HeifPicture::decode() const {
  const std::unique_ptr<heif_decoding_options, void (*)(heif_decoding_options*)> options(heif_decoding_options_alloc(),
                                                                                         heif_decoding_options_free);
  options->convert_hdr_to_8bit = 1;
  options->strict_decoding = 1;
  heif_image* decoded = nullptr;
  const heif_chroma form = transparent() ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
  const heif_error problem = heif_decode_image(handle_.get(), &decoded, heif_colorspace_RGB, form, options.get());
  if (!fine(problem)) return {};
  const std::unique_ptr<heif_image, void (*)(const heif_image*)> image(decoded, heif_image_release);
  int stride = 0;
  const std::uint8_t* const pixels = heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
  if (pixels == nullptr) return {};
  const cv::Mat rgb(heif_image_get_height(decoded, heif_channel_interleaved),
                    heif_image_get_width(decoded, heif_channel_interleaved), transparent() ? CV_8UC4 : CV_8UC3,
                    const_cast<std::uint8_t*>(pixels), static_cast<std::size_t>(stride));
  cv::Mat bgr;
  cv::cvtColor(rgb, bgr, transparent() ? cv::COLOR_RGBA2BGRA : cv::COLOR_RGB2BGR);
  return bgr;
}

}  // namespace saccade::vision
