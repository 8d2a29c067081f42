#pragma once

#include <string_view>

namespace saccade::metrics::ptb {

/// What keeps the full stop that follows a word.
enum class Abbreviation {
  kNone,
  kAlways,        ///< "mr."
  kBeforeNumber,  ///< "no. 5", but "no ."
};

/// Whether a word (ASCII letters, in its own case, without the full stop) is an abbreviation.
Abbreviation abbreviation(std::string_view word);

/// Whether a word ("The", "THE", "Mr.", but not "the") is one that shows, after a single letter and a full stop, that
/// the full stop ended a sentence.
bool starts_sentence(std::string_view word);

}  // namespace saccade::metrics::ptb
