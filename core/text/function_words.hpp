#pragma once

#include <string_view>

namespace saccade {

/// Whether an English word, in lower case, says how others hang together and names nothing that can be seen: articles,
/// pronouns, conjunctions, prepositions and auxiliary verbs.
bool is_function_word(std::string_view word);

}  // namespace saccade
