#include "core/base/image_name.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace saccade {

bool has_image_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr std::string_view kExtensions[] = {".jpg", ".jpeg", ".jpe", ".png",  ".webp", ".bmp",
                                              ".tif", ".tiff", ".gif", ".heic", ".heif", ".avif"};
  return std::find(std::begin(kExtensions), std::end(kExtensions), extension) != std::end(kExtensions);
}

}  // namespace saccade
