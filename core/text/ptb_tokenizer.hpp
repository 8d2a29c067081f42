#pragma once

#include <string_view>

#include "core/text/tokens.hpp"

namespace saccade {

/// Tokenizes a caption as the COCO caption evaluation does: Penn Treebank tokens as from Stanford's PTBTokenizer
/// (CoreNLP 3.4.1, options -preserveLines -lowerCase), without a list of punctuation.
///
///  - Lower case: "A Dog" -> "a dog".
///  - Contractions are split: "dog's" -> "dog 's", "can't" -> "ca n't", "gonna" -> "gon na", "cannot" -> "can not".
///  - Hyphens and slashes within words stay: "t-shirt", "and/or". So do the full stops of abbreviations: "mr.",
///  "u.s.".
///  - Dropped: quotation marks, full stops, commas, colons, semicolons, dashes, and a single "?" or "!". Others
///    stay: "&", "#", "$", "!!", and brackets, which become "-lrb-" and "-rrb-".
///
/// The text is UTF-8; line ends count as spaces. docs/reference/scores.md describes the agreement with the original.
/// Throws Error if the text is not valid UTF-8.
Tokens ptb_tokenize(std::string_view caption);

}  // namespace saccade
