#include "core/text/tokenizer.hpp"

#include <algorithm>
#include <cctype>
#include <clocale>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/text/caption.hpp"
#include "tests/core/flickr8k.hpp"

using namespace saccade;
using Words = std::vector<std::string>;

TEST_CASE("a caption is split at white space, converted to lower case and stripped of punctuation") {
  CHECK(tokenize("A child in a pink dress , climbing .") ==
        Words{"a", "child", "in", "a", "pink", "dress", "climbing"});
  CHECK(tokenize("\"Look!\"(he said);[then]{left}") == Words{"look", "he", "said", "then", "left"});
  CHECK(tokenize(" tabs\tand\nlines\r\n and   spaces ") == Words{"tabs", "and", "lines", "and", "spaces"});
}

TEST_CASE("digits are kept") {
  CHECK(tokenize("Player number 42 runs, 3rd base") == Words{"player", "number", "42", "runs", "3rd", "base"});
}

TEST_CASE("apostrophes and periods within a word are removed") {
  CHECK(tokenize("the dog 's ball") == Words{"the", "dog", "s", "ball"});
  CHECK(tokenize("the dog's ball") == Words{"the", "dogs", "ball"});
  CHECK(tokenize("ca n't U.S. d.c.") == Words{"ca", "nt", "us", "dc"});
  CHECK(tokenize("the dog\xE2\x80\x99s ball") == Words{"the", "dogs", "ball"});  // U+2019
}

TEST_CASE("other punctuation marks separate words") {
  CHECK(tokenize("a t-shirt") == Words{"a", "t", "shirt"});
  CHECK(tokenize("black/white & red_blue") == Words{"black", "white", "red", "blue"});
  CHECK(tokenize("one\xE2\x80\x94two\xE2\x80\xA6three") == Words{"one", "two", "three"});  // em dash, ellipsis
  CHECK(tokenize("\xC2\xABvite\xC2\xBB") == Words{"vite"});                                // guillemets
  CHECK(tokenize("a\xC2\xA0"
                 "b\xE3\x80\x80"
                 "c") == Words{"a", "b", "c"});  // no-break and ideographic space
}

TEST_CASE("a caption with only punctuation has no words") {
  CHECK(tokenize("").empty());
  CHECK(tokenize(" . ' , !?- ").empty());
}

TEST_CASE("letters of every script are kept and converted to lower case") {
  CHECK(tokenize("Fu\xC3\x9F\xC3\x84lle CAF\xC3\x89") == Words{"fu\xC3\x9F\xC3\xA4lle", "caf\xC3\xA9"});
  CHECK(tokenize("\xD0\x9C\xD0\x98\xD0\xA0") == Words{"\xD0\xBC\xD0\xB8\xD1\x80"});  // Cyrillic
  CHECK(tokenize("\xCE\xA9\xCE\xBC\xCE\xAD\xCE\xB3\xCE\xB1") == Words{"\xCF\x89\xCE\xBC\xCE\xAD\xCE\xB3\xCE\xB1"});
  CHECK(tokenize("\xE4\xBA\xBA\xEF\xBC\x8C\xE7\x8A\xAC") == Words{"\xE4\xBA\xBA", "\xE7\x8A\xAC"});  // fullwidth comma
  CHECK(tokenize("\xF0\x9D\x94\xB8x") == Words{"\xF0\x9D\x94\xB8x"});  // outside of the basic plane, four bytes
}

TEST_CASE("combining marks remain in their word") {
  CHECK(tokenize("cafe\xCC\x81 noir") == Words{"cafe\xCC\x81", "noir"});
}

TEST_CASE("combining marks of every script remain in their word") {
  for (const char* const word :
       {"हिन्दी", "कुत्ता", "ज़्यादा", "বাংলা", "ਪੰਜਾਬੀ", "தமிழ்", "తెలుగు", "മലയാളം", "සිංහල", "ภาษาไทย", "น้ำ", "ພາສາລາວ",
        "မြန်မာ", "ភាសាខ្មែរ", "مُحَمَّد", "שָׁלוֹם", "한국어", "\u1112\u1161\u11AB\u1100\u116E\u11A8", "Tie\u0302\u0301ng"}) {
    CAPTURE(word);
    const Words words = tokenize(word);
    REQUIRE(words.size() == 1);
    CHECK(tokenize(std::string("a ") + word + ", b") == Words{"a", words[0], "b"});
    CHECK(words[0].size() == std::string(word).size());
  }
  CHECK(tokenize("एक कुत्ता घास पर दौड़ रहा है।") == Words{"एक", "कुत्ता", "घास", "पर", "दौड़", "रहा", "है"});
  CHECK(tokenize("a \u0301 b") == Words{"a", "b"});  // a mark alone is not a word
}

TEST_CASE("joiners remain where their script requires them") {
  CHECK(tokenize("سگ می\u200Cدود") == Words{"سگ", "می\u200Cدود"});
  CHECK(tokenize("ක්\u200Dෂ") == Words{"ක්\u200Dෂ"});
  CHECK(tokenize("ന്\u200D നായ") == Words{"ന്\u200D", "നായ"});  // at the end, after a virama
  CHECK(tokenize("क्\u200C ख") == Words{"क्\u200C", "ख"});
  CHECK(tokenize("می\u200C دود\u200C") == Words{"می", "دود"});
  CHECK(tokenize("\u200Ddog \u200C cat") == Words{"dog", "cat"});
  CHECK(tokenize("ᠪᠠᠢᠨ\u180Eᠠ") == Words{"ᠪᠠᠢᠨ\u180Eᠠ"});
}

TEST_CASE("invisible format characters are removed, and a zero-width space separates words") {
  CHECK(tokenize("so\u00ADft w\u2060ord \u200Ea\u200F \uFEFFb") == Words{"soft", "word", "a", "b"});
  CHECK(tokenize("ตัด\u200Bคำ") == Words{"ตัด", "คำ"});
}

TEST_CASE("marks within words of other scripts are removed or kept like apostrophes") {
  CHECK(tokenize("Ինչո՞ւ") == Words{"ինչու"});
  CHECK(tokenize("צה״ל, ג׳") == Words{"צה״ל", "ג׳"});
  CHECK(tokenize("col·lecció a · b") == Words{"col·lecció", "a", "b"});
  CHECK(tokenize("oʻzbek o‘zbek ‘a’") == Words{"oʻzbek", "ozbek", "a"});
  CHECK(tokenize("ΟΔΟΣ ΣΟΦΟΣ Σ") == Words{"οδος", "σοφος", "σ"});
}

TEST_CASE("an emoji and all characters joined to it form one word") {
  CHECK(tokenize("dog🐕runs 🐕🐈") == Words{"dog", "🐕", "runs", "🐕", "🐈"});
  CHECK(tokenize("👨‍👩‍👧‍👦👍🏽") == Words{"👨‍👩‍👧‍👦", "👍🏽"});
  CHECK(tokenize("🇩🇪🇫🇷, ❤️ 1️⃣ #️⃣") == Words{"🇩🇪", "🇫🇷", "❤️", "1️⃣", "#️⃣"});
  CHECK(tokenize("👩‍❤️‍💋‍👨 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🧑🏿‍🚒") ==
        Words{"👩‍❤️‍💋‍👨", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🧑🏿‍🚒"});
  CHECK(tokenize("5 © 3 → ✓ € ▶ ™") == Words{"5", "3"});  // text symbols are not words
  CHECK(tokenize("🐕\u200D dog") == Words{"🐕", "dog"});
}

TEST_CASE("characters of scripts without spaces can be words, with their marks") {
  const auto characters = [](const char* text) { return tokenize(text, TokenUnit::kCharacters); };
  CHECK(characters("一只 狗，Dog 3只") == Words{"一", "只", "狗", "dog", "3", "只"});
  CHECK(characters("ガラスが ﾊﾞ") == Words{"ガ", "ラ", "ス", "が", "ﾊﾞ"});
  CHECK(characters("か\u3099 น้ำ") == Words{"か\u3099", "น้ำ"});
  CHECK(characters("한국어 हिन्दी the dog's") == Words{"한국어", "हिन्दी", "the", "dogs"});
  CHECK(unspaced_characters("一只狗") == 3);
  CHECK(unspaced_characters("น้ำ") == 1);
  CHECK(unspaced_characters("dog") == 0);
}

TEST_CASE("a caption of characters is joined without spaces if its script has none") {
  Caption caption;
  caption.words = {"一", "只", "dog", "3", "只", "น้ำ", "า"};
  CHECK(caption.text() == "一 只 dog 3 只 น้ำ า");
  caption.characters = true;
  CHECK(caption.text() == "一只 dog 3 只น้ำา");
  CHECK(token_unit("characters") == TokenUnit::kCharacters);
  CHECK_THROWS_AS(token_unit("letters"), Error);
}

TEST_CASE("words do not depend on the locale") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "C");
  const Words in_c = tokenize("CAF\xC3\x89");
  std::setlocale(LC_ALL, "C.UTF-8");
  const Words in_utf8 = tokenize("CAF\xC3\x89");
  std::setlocale(LC_ALL, before.c_str());
  CHECK(in_c == in_utf8);
  CHECK(in_c == Words{"caf\xC3\xA9"});
}

TEST_CASE("tokenizing the words of a caption again changes nothing") {
  for (const char* const text : {"A T-shirt's \xC3\x84rmel, 3.5 m", "\xC4\xB0stanbul \xE1\xBA\x9E", "ca n't",
                                 "हिन्दी क्\u200C می\u200C", "👨‍👩‍👧x 🇩🇪1️⃣ col·lecció"}) {
    CAPTURE(text);
    std::string joined;
    for (const auto& word : tokenize(text)) joined += word + " ";
    CHECK(tokenize(joined) == tokenize(text));
  }
}

TEST_CASE("invalid UTF-8 is refused with its position") {
  CHECK_THROWS_WITH_AS(tokenize("caf\xE9 noir"), doctest::Contains("not valid UTF-8 at byte 4"), Error);
  CHECK_THROWS_AS(tokenize("\x80"), Error);                 // a continuation byte alone
  CHECK_THROWS_AS(tokenize("\xC0\xAF"), Error);             // overlong, two bytes
  CHECK_THROWS_AS(tokenize("\xE0\x80\xAF"), Error);         // overlong, three bytes
  CHECK_THROWS_AS(tokenize("\xF0\x80\x80\xAF"), Error);     // overlong, four bytes
  CHECK_THROWS_AS(tokenize("\xED\xA0\x80"), Error);         // a surrogate
  CHECK_THROWS_AS(tokenize("\xF4\x90\x80\x80"), Error);     // beyond U+10FFFF
  CHECK_THROWS_AS(tokenize("\xFE"), Error);                 // never a lead byte
  CHECK_THROWS_AS(tokenize("ends early \xE2\x80"), Error);  // truncated within a character
  CHECK_THROWS_AS(tokenize("\xC3("), Error);                // no continuation byte
}

TEST_CASE("words match the Flickr8k tokens in Karpathy's JSON, except for a few tokens with marks") {
  const auto folder = test::flickr8k();
  if (!folder) return;
  const auto is_mark = [](unsigned char c) { return c < 0x80 && std::isalnum(c) == 0; };
  const auto dataset = nlohmann::json::parse(read_file(*folder / "dataset_flickr8k.json"));
  std::size_t captions = 0;
  std::size_t equal = 0;
  std::size_t with_marks = 0;
  for (const auto& image : dataset.at("images")) {
    if (image.at("split") != "val") continue;
    for (const auto& sentence : image.at("sentences")) {
      const auto expected = sentence.at("tokens").get<Words>();
      const bool marks = std::any_of(expected.begin(), expected.end(), [&](const std::string& token) {
        return std::any_of(token.begin(), token.end(), is_mark);
      });
      ++captions;
      with_marks += marks ? 1 : 0;
      equal += !marks && tokenize(sentence.at("raw").get<std::string>()) == expected ? 1 : 0;
    }
  }
  CHECK(captions > 1000);
  CHECK(with_marks * 1000 < captions);
  CHECK(equal + with_marks == captions);
}
