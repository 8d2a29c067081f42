#include "core/text/ptb_tokenizer.hpp"

#include "core/base/error.hpp"
#include "core/text/ptb_lexer.hpp"
#include "core/text/unicode.hpp"

namespace saccade {

Tokens ptb_tokenize(std::string_view caption) {
  if (!is_utf8(caption)) throw Error("the caption \"{}\" is not valid UTF-8", caption);
  return ptb::Lexer(decode(caption)).run();
}

}  // namespace saccade
