#include "core/text/function_words.hpp"

#include <doctest/doctest.h>

using saccade::is_function_word;

TEST_CASE("function words are recognized, and content words are not") {
  for (const char* word : {"a", "the", "on", "his", "is", "with", "and"}) CHECK(is_function_word(word));
  for (const char* word : {"dog", "runs", "red", "two", "grass", "", "A"}) CHECK_FALSE(is_function_word(word));
}
