#include "vision/files/image_writer.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "vision/files/maker_mark.hpp"
#include "vision/files/quiet_call.hpp"

namespace saccade::vision {
namespace {

std::string lower_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

}  // namespace

void require_writable_format(const std::filesystem::path& path) {
  const std::string extension = lower_extension(path);
  for (const char* known : {".png", ".jpg", ".jpeg", ".webp"}) {
    if (extension == known) return;
  }
  if (extension.empty()) {
    throw Error("{}: the name has no extension to tell the format by; use .png, .jpg or .webp", path.string());
  }
  throw Error("{}: pictures are not written as {}; use .png, .jpg or .webp", path.string(), extension);
}

void write_image(const std::filesystem::path& path, const cv::Mat& image, const std::string& subject) {
  require_writable_format(path);
  // OpenCV's WebP encoder reads only the first parameter, and compresses without loss if it is another.
  const bool webp = lower_extension(path) == ".webp";
  const std::vector<int> parameters{webp ? cv::IMWRITE_WEBP_QUALITY : cv::IMWRITE_JPEG_QUALITY, 92};
  AtomicFile file(path);  // before encoding, so that an unwritable folder is reported first
  std::vector<unsigned char> bytes;
  bool encoded = false;
  call_quietly([&] {
    try {
      encoded = cv::imencode(lower_extension(path), image, bytes, parameters);
    } catch (const std::exception&) {
      encoded = false;
    }
  });
  if (!encoded || bytes.empty()) {
    // The encoders give no reason. An image within their size limits can only have failed for lack of memory.
    constexpr int kLargestSide = 16383;  // of WebP; JPEG and PNG take more
    if (!image.empty() && std::max(image.cols, image.rows) <= kLargestSide) {
      throw Error("{}: there is not enough memory to write the picture", path.string());
    }
    throw Error("{}: a picture of {} x {} pixels cannot be written in this format", path.string(), image.cols,
                image.rows);
  }
  file.write(with_maker_mark({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, subject));
  file.commit();
}

std::string encode_jpeg(const cv::Mat& image, int quality) {
  std::vector<unsigned char> bytes;
  if (!cv::imencode(".jpg", image, bytes, {cv::IMWRITE_JPEG_QUALITY, quality})) {
    throw Error("there is not enough memory to write a picture of {} x {} pixels", image.cols, image.rows);
  }
  return {bytes.begin(), bytes.end()};
}

}  // namespace saccade::vision
