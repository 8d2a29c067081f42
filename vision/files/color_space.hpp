#pragma once

#include <array>
#include <optional>
#include <string>

namespace saccade::vision {

/// The color space that a picture's file declares. Empty means sRGB.
struct ColorSpace {
  std::string icc;      ///< bytes of an ICC profile; it takes precedence over the other members
  std::string problem;  ///< why a declared profile cannot be used; then the picture is read as sRGB
  std::optional<std::array<double, 8>> chromaticities;  ///< x and y of white, red, green and blue
  std::optional<double> gamma;                          ///< linear light = value ^ gamma; sRGB's curve if absent

  bool is_srgb() const { return icc.empty() && !chromaticities && !gamma; }
};

/// The color space of code points of ITU-T H.273 (nclx boxes of HEIF, cICP chunks of PNG). Unknown code points mean
/// sRGB; so do HDR transfer functions, which would need tone mapping.
ColorSpace color_space_of_code_points(unsigned primaries, unsigned transfer);

}  // namespace saccade::vision
