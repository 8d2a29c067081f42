#pragma once

#include "vision/files/picture.hpp"
#include "vision/input/preprocessing.hpp"

namespace saccade::vision {

/// preprocess() of a picture of any color space: resizes it to the network input and then converts it to sRGB, so that
/// the conversion costs little however large the photo is.
Preprocessed preprocess(const Picture& picture, const Preprocessing& preprocessing);

/// The same, into `pixels`: space for preprocessing.values() floats.
Geometry preprocess(const Picture& picture, const Preprocessing& preprocessing, float* pixels);

}  // namespace saccade::vision
