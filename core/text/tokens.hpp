#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace saccade {

/// The tokens of a sentence. A token contains no white space.
using Tokens = std::vector<std::string>;

/// Splits at any run of white space (space, tab, line ends).
Tokens split_tokens(std::string_view text);

}  // namespace saccade
