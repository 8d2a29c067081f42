#pragma once

#include "core/base/fields.hpp"
#include "models/decoder/decoder.hpp"
#include "models/encoder/encoder.hpp"

namespace saccade::models {

/// The options of an encoder's and of a decoder's shape; not what a decoder's follows from (vocabulary, encoder).
void declare(Fields& f, EncoderShape& shape);
void declare(Fields& f, DecoderShape& shape);

}  // namespace saccade::models
