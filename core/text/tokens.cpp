#include "core/text/tokens.hpp"

namespace saccade {

namespace {

constexpr std::string_view kWhiteSpace = " \t\n\r\v\f";

}  // namespace

Tokens split_tokens(std::string_view text) {
  Tokens tokens;
  std::size_t first = text.find_first_not_of(kWhiteSpace);
  while (first != std::string_view::npos) {
    const std::size_t last = text.find_first_of(kWhiteSpace, first);
    tokens.emplace_back(text.substr(first, last - first));
    first = text.find_first_not_of(kWhiteSpace, last);
  }
  return tokens;
}

}  // namespace saccade
