#pragma once

#include <string_view>

#include "core/text/tokens.hpp"

namespace saccade::metrics {

/// Splits a caption as the COCO caption evaluation does before it scores: into the tokens of the Penn Treebank as
/// Stanford's PTBTokenizer (CoreNLP 3.4.1, options -preserveLines -lowerCase) makes them, less a list of punctuation.
///
///  - Lower case: "A Dog" -> "a dog".
///  - Contractions part: "dog's" -> "dog 's", "can't" -> "ca n't", "gonna" -> "gon na", "cannot" -> "can not".
///  - Hyphens and slashes within a word stay: "t-shirt", "and/or". So do the full stops of abbreviations: "mr.",
///  "u.s.".
///  - Dropped: quotation marks, full stops, commas, colons, semicolons, dashes, and a single "?" or "!". What is not on
///    that list stays: "&", "#", "$", "!!", and brackets, which are spelled "-lrb-" and "-rrb-".
///
/// The text is UTF-8; line ends count as spaces. docs/reference/scores.md lists how far the agreement with the original
/// goes. Throws Error when the text is not valid UTF-8.
Tokens ptb_tokenize(std::string_view caption);

}  // namespace saccade::metrics
