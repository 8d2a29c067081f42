#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// Units of tokenization.
enum class TokenUnit {
  kWords,       ///< text between spaces and punctuation
  kCharacters,  ///< the same, and each character of a script without spaces (Chinese, Japanese, Thai, ...) on its own
};

/// Splits a caption into the words that the model predicts: lower case, without punctuation.
///
///  - Letters, digits and combining marks of any script form words. The text is not normalized.
///  - Joiners (U+200C, U+200D) stay inside words, and after a virama at their end.
///  - An emoji, with its modifiers and the emoji joined to it, is a word.
///  - Apostrophes and full stops vanish within a word ("ca n't" -> "ca nt", "d.c." -> "dc"), and so do invisible
///    format characters; all other punctuation and symbols separate words ("t-shirt" -> "t shirt").
///
/// For English this is the policy of Karpathy's tokens of Flickr8k. Throws Error if the text is not valid UTF-8.
std::vector<std::string> tokenize(std::string_view caption, TokenUnit unit = TokenUnit::kWords);

/// The unit of this name: "words" or "characters". Throws Error for any other.
TokenUnit token_unit(std::string_view name);

/// Number of characters (grapheme clusters) of `word` in scripts that put no spaces between words; 0 for other scripts.
std::size_t unspaced_characters(std::string_view word);

}  // namespace saccade
