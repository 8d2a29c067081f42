#pragma once

#include <string_view>

namespace saccade {

/// Whether a lower-case English word is a function word: an article, pronoun, conjunction, preposition or auxiliary
/// verb.
bool is_function_word(std::string_view word);

}  // namespace saccade
