#include "core/text/ptb_tokenizer.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

using namespace saccade;

namespace {

std::string tokens_of(const std::string& caption) {
  return fmt::format("{}", fmt::join(ptb_tokenize(caption), " "));
}

std::vector<std::string> lines_of(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < content.size();) {
    const std::size_t end = content.find('\n', begin);
    lines.push_back(content.substr(begin, end - begin));
    begin = end == std::string::npos ? content.size() : end + 1;
  }
  return lines;
}

/// Converts scoring tokens to Karpathy's tokens of Flickr8k: splits at hyphens and removes apostrophes and periods.
Tokens without_marks(const Tokens& tokens) {
  Tokens result;
  for (const std::string& token : tokens) {
    std::string word;
    for (const char c : token + "-") {
      if (c == '-' && !word.empty()) result.push_back(std::exchange(word, ""));
      if (c != '-' && c != '\'' && c != '.') word += c;
    }
  }
  return result;
}

}  // namespace

TEST_CASE("scoring tokens are in lower case and without punctuation") {
  CHECK(tokens_of("A Dog, running: \"fast\"; on grass.") == "a dog running fast on grass");
  CHECK(tokens_of("Look! A dog?") == "look a dog");
  CHECK(tokens_of("Look!! A dog -- or two...") == "look !! a dog or two");
  CHECK(tokens_of("a man (left) & #7") == "a man -lrb- left -rrb- & # 7");
  CHECK(tokens_of("") == "");
  CHECK(tokens_of(" . ") == "");
  CHECK(tokens_of("one\ntwo") == "one two");
}

TEST_CASE("scoring tokens split contractions") {
  CHECK(tokens_of("the dog's ball") == "the dog 's ball");
  CHECK(tokens_of("the dogs' ball") == "the dogs ball");
  CHECK(tokens_of("can't don't isn't") == "ca n't do n't is n't");
  CHECK(tokens_of("I'm you're they've we'll he'd") == "i 'm you 're they 've we 'll he 'd");
  CHECK(tokens_of("gonna cannot") == "gon na can not");
  CHECK(tokens_of("o'clock") == "o'clock");
}

TEST_CASE("scoring tokens keep hyphens, slashes, abbreviations and numbers") {
  CHECK(tokens_of("a T-shirt and/or a 3-year-old") == "a t-shirt and/or a 3-year-old");
  CHECK(tokens_of("Mr. Smith of the U.S. at 5 p.m.") == "mr. smith of the u.s. at 5 p.m.");
  CHECK(tokens_of("1,000 at 10:30, 2.5 and 1/2") == "1,000 at 10:30 2.5 and 1/2");
  CHECK(tokens_of("the street.") == "the street");
}

TEST_CASE("scoring tokens keep letters of any script and drop other characters") {
  CHECK(tokens_of("CAFÉ “naïve”") == "café naïve");
  CHECK(tokens_of("it’s") == "it 's");
  CHECK(tokens_of("犬 🐕 собака") == "犬 собака");
  CHECK_THROWS_WITH_AS(ptb_tokenize("a \xff"), "the caption \"a \xff\" is not valid UTF-8", Error);
}

TEST_CASE("scoring tokens keep and drop the same combining marks as the original") {
  CHECK(tokens_of("हिन्दी") == "हिन्दी");                      // all marks in Hindi are letters
  CHECK(tokens_of("cafe\u0301 noir") == "cafe\u0301 noir");  // decomposed accents are letters
  CHECK(tokens_of("ක්‍ෂ") == "ක ෂ");                 // the marks in Sinhala are dropped
  CHECK(tokens_of("می\u200Cدود") == "می دود");               // joiners are dropped and split the word
}

TEST_CASE("scoring tokens keep digits of other scripts and superscripts, and symbols are in lower case") {
  CHECK(tokens_of("३४ और ١٢٫٥") == "३४ और ١٢٫٥");
  CHECK(tokens_of("10⁻³ H₂O x²³") == "10 ⁻³ h ₂ o x ²³");
  CHECK(tokens_of("Ⓐ") == "ⓐ");
}

TEST_CASE("scoring tokens use context-dependent lower case as in Java") {
  CHECK(tokens_of("ΟΔΟΣ ΣΚΥΛΟΣ Σ") == "οδος σκυλος σ");
  CHECK(tokens_of("İstanbul") == "i\u0307stanbul");
}

TEST_CASE("scoring tokens match those of the original tokenizer") {
  for (const char* name : {"ptb-dev.tsv", "ptb-edge.tsv", "ptb-scripts.tsv"}) {
    CAPTURE(name);
    const auto lines = lines_of(std::filesystem::path(SACCADE_TEST_DATA) / "metrics" / name);
    CHECK(lines.size() > 150);
    for (const std::string& line : lines) {
      const std::size_t tab = line.find('\t');
      REQUIRE(tab != std::string::npos);
      CHECK(tokens_of(line.substr(0, tab)) == line.substr(tab + 1));
    }
  }
}

TEST_CASE("scoring tokens and Karpathy's tokens of Flickr8k differ only in marks within words") {
  const char* folder = std::getenv("SACCADE_FLICKR8K");
  if (folder == nullptr) {
    MESSAGE("skipped: SACCADE_FLICKR8K does not name the folder of dataset_flickr8k.json");
    return;
  }
  const auto json = nlohmann::json::parse(read_file(std::filesystem::path(folder) / "dataset_flickr8k.json"));
  int equal = 0;
  int equal_without_marks = 0;
  std::vector<std::string> others;
  for (const auto& image : json.at("images")) {
    if (image.at("split") != "val") continue;
    for (const auto& sentence : image.at("sentences")) {
      const auto expected = sentence.at("tokens").get<Tokens>();
      const std::string raw = sentence.at("raw").get<std::string>();
      const Tokens tokens = ptb_tokenize(raw);
      if (tokens == expected) {
        ++equal;
      } else if (without_marks(tokens) == expected) {
        ++equal_without_marks;
      } else {
        others.push_back(raw);
      }
    }
  }
  CHECK(equal == 4841);
  CHECK(equal_without_marks == 157);
  REQUIRE(others.size() == 2);  // parentheses, and an equals sign within a word
  CHECK(others[0].find("( respectively )") != std::string::npos);
  CHECK(others[1].find("RIF=ding") != std::string::npos);
}
