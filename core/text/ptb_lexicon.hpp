#pragma once

#include <string_view>

namespace saccade::ptb {

/// Whether an abbreviation keeps its full stop.
enum class Abbreviation {
  kNone,
  kAlways,        ///< "mr."
  kBeforeNumber,  ///< "no. 5", but "no ."
};

/// Whether a word (ASCII letters in their original case, without the full stop) is an abbreviation.
Abbreviation abbreviation(std::string_view word);

/// Whether a word ("The", "THE", "Mr.", but not "the") after a single letter and a full stop shows that the full stop
/// ends a sentence.
bool starts_sentence(std::string_view word);

}  // namespace saccade::ptb
