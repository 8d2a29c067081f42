#include "vision/files/color_transform.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <lcms2.h>
#include <map>
#include <mutex>
#include <vector>

#include <fmt/format.h>
#include <opencv2/core/utility.hpp>

#include "core/base/fingerprint.hpp"
#include "vision/files/picture.hpp"

namespace saccade::vision {
namespace {

using Profile = std::unique_ptr<void, decltype(&cmsCloseProfile)>;

Profile wrap(cmsHPROFILE profile) {
  return {profile, cmsCloseProfile};
}

constexpr std::array<double, 8> kSrgbChromaticities{0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06};

/// The transfer function of sRGB (IEC 61966-2-1), as lcms's parametric curve of type 4.
cmsToneCurve* srgb_curve() {
  const cmsFloat64Number parameters[] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  return cmsBuildParametricToneCurve(nullptr, 4, parameters);
}

Profile open_profile(const ColorSpace& space) {
  if (!space.icc.empty()) {
    return wrap(cmsOpenProfileFromMem(space.icc.data(), static_cast<cmsUInt32Number>(space.icc.size())));
  }
  const auto c = space.chromaticities.value_or(kSrgbChromaticities);
  const cmsCIExyY white{c[0], c[1], 1};
  const cmsCIExyYTRIPLE primaries{{c[2], c[3], 1}, {c[4], c[5], 1}, {c[6], c[7], 1}};
  cmsToneCurve* const curve = space.gamma ? cmsBuildGamma(nullptr, *space.gamma) : srgb_curve();
  if (curve == nullptr) return wrap(nullptr);
  cmsToneCurve* const curves[] = {curve, curve, curve};
  Profile profile = wrap(cmsCreateRGBProfile(&white, &primaries, curves));
  cmsFreeToneCurve(curve);
  return profile;
}

std::string key_of(const ColorSpace& space, int channels) {
  Fingerprint print;
  print.add(space.icc);
  if (space.icc.empty()) {
    for (const double value : space.chromaticities.value_or(kSrgbChromaticities)) print.add(fmt::format("{} ", value));
    print.add(fmt::format("{}", space.gamma.value_or(0)));
  }
  return fmt::format("{} {} {}", channels, space.icc.size(), print.text());
}

/// Whether the transform changes no color by more than one level.
bool is_identity(const ColorTransform& transform) {
  constexpr int kSteps = 9;
  std::vector<cv::Vec3b> colors;
  if (transform.pixels() == ColorTransform::Pixels::gray) {
    for (int level = 0; level < 256; ++level) colors.push_back(cv::Vec3b::all(static_cast<unsigned char>(level)));
  } else {
    const auto level = [](int step) { return static_cast<unsigned char>(step * 255 / (kSteps - 1)); };
    for (int i = 0; i < kSteps * kSteps * kSteps; ++i) {
      colors.emplace_back(level(i % kSteps), level(i / kSteps % kSteps), level(i / kSteps / kSteps));
    }
  }
  const cv::Mat before(1, static_cast<int>(colors.size()), CV_8UC3, colors.data());
  return cv::norm(before, transform.apply(before), cv::NORM_INF) <= 1;
}

}  // namespace

/// Creates transforms. A friend, so that only the cache can create them.
struct TransformMaker {
  static FoundTransform make(const ColorSpace& space, int channels) {
    const Profile profile = open_profile(space);
    if (!profile) return {nullptr, "cannot be read"};
    ColorTransform::Pixels pixels{};
    cmsUInt32Number format = 0;
    switch (cmsGetColorSpace(profile.get())) {
      case cmsSigRgbData:
        pixels = ColorTransform::Pixels::bgr;
        format = TYPE_BGR_8;
        break;
      case cmsSigGrayData:
        pixels = ColorTransform::Pixels::gray;
        format = TYPE_GRAY_8;
        break;
      case cmsSigCmykData:
        pixels = ColorTransform::Pixels::cmyk;
        format = TYPE_CMYK_8_REV;
        break;
      default:
        return {nullptr, "is not of RGB, gray or CMYK colors"};
    }
    if ((pixels == ColorTransform::Pixels::cmyk) != (channels == 4)) {
      return {nullptr, fmt::format("is of {} colors, unlike the picture", channels == 4 ? "other than CMYK" : "CMYK")};
    }
    const Profile srgb = wrap(cmsCreate_sRGBProfile());
    // The one-pixel cache of lcms is not safe to share between threads.
    cmsHTRANSFORM handle =
        srgb ? cmsCreateTransform(profile.get(), format, srgb.get(), TYPE_BGR_8, INTENT_PERCEPTUAL, cmsFLAGS_NOCACHE)
             : nullptr;
    if (handle == nullptr) return {nullptr, "cannot be converted from"};
    std::shared_ptr<const ColorTransform> transform(new ColorTransform(pixels, handle));
    if (channels == 3 && is_identity(*transform)) return {};
    return {std::move(transform), ""};
  }
};

ColorTransform::~ColorTransform() {
  cmsDeleteTransform(handle_);
}

cv::Mat ColorTransform::apply(const cv::Mat& image) const {
  cv::Mat source = image;
  if (pixels_ == Pixels::gray && image.channels() != 1) cv::extractChannel(image, source, 0);
  cv::Mat converted(image.size(), CV_8UC3);
  cv::parallel_for_(
      cv::Range(0, source.rows),
      [&](const cv::Range& rows) {
        for (int row = rows.start; row < rows.end; ++row) {
          cmsDoTransform(handle_, source.ptr(row), converted.ptr(row), static_cast<cmsUInt32Number>(source.cols));
        }
      },
      std::max(1.0, static_cast<double>(source.total()) / (1 << 17)));
  return converted;
}

FoundTransform transform_to_srgb(const ColorSpace& space, int channels) {
  if (!space.problem.empty()) return {nullptr, space.problem};
  if (space.is_srgb()) return {};
  static std::mutex mutex;
  static std::map<std::string, FoundTransform> cache;
  const std::string key = key_of(space, channels);
  {
    const std::lock_guard lock(mutex);
    if (const auto found = cache.find(key); found != cache.end()) return found->second;
  }
  FoundTransform made = TransformMaker::make(space, channels);
  const std::lock_guard lock(mutex);
  constexpr std::size_t kMost = 64;  // cached transforms; a folder may have a profile per file
  if (cache.size() >= kMost) cache.clear();
  cache.emplace(key, made);
  return made;
}

cv::Mat srgb_pixels(const Picture& picture) {
  return picture.to_srgb ? picture.to_srgb->apply(picture.pixels) : picture.pixels;
}

ColorSpace color_space_of_code_points(unsigned primaries, unsigned transfer) {
  ColorSpace space;
  constexpr unsigned kBt2020 = 9, kDciP3 = 11, kDisplayP3 = 12;
  if (primaries == kBt2020) space.chromaticities = {0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046};
  if (primaries == kDciP3) space.chromaticities = {0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  if (primaries == kDisplayP3) space.chromaticities = {0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
  constexpr unsigned kGamma28 = 5, kLinear = 8;
  if (transfer == kGamma28) space.gamma = 2.8;
  if (transfer == kLinear) space.gamma = 1.0;
  return space;
}

}  // namespace saccade::vision
