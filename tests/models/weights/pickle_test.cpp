#include "models/weights/pickle.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include "core/base/error.hpp"

using namespace saccade;
using namespace std::string_literals;
using models::pickle::Pickle;

namespace {

bool only_math_pi(std::string_view name) {
  return name == "math.pi";
}

std::string repeat(std::string_view piece, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += piece;
  return result;
}

/// Reads a pickle that may refer to math.pi and passes it to `check`.
template <typename Check>
void with_pickle(const std::string& bytes, Check check) {
  const Pickle pickle(bytes, only_math_pi, "file");
  check(pickle);
}

std::string error_of(const std::string& bytes) {
  try {
    const Pickle pickle(bytes, only_math_pi, "file");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

std::int64_t integer(const models::pickle::Value& value) {
  const auto* const number = value.as<std::int64_t>();
  REQUIRE(number != nullptr);
  return *number;
}

}  // namespace

TEST_CASE("all forms of numbers in a pickle are read") {
  const auto check = [](const std::string& bytes, std::int64_t expected) {
    CAPTURE(expected);
    with_pickle(bytes, [&](const Pickle& pickle) { CHECK(integer(pickle.root()) == expected); });
  };
  check("I-12\n.", -12);
  check("L123456789012L\n.", 123456789012);
  check("J\xfe\xff\xff\xff.", -2);
  check("K\xff.", 255);
  check("M\xe9\x03.", 1001);
  check("\x8a\x00."s, 0);
  check("\x8a\x01\xff.", -1);
  check("\x8a\x03\x01\x00\x80."s, -8388607);
  check("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80."s, std::numeric_limits<std::int64_t>::min());
  check("\x8b\x02\x00\x00\x00\x10\x27."s, 10000);
  with_pickle("\x8a\x09\x01\x00\x00\x00\x00\x00\x00\x00\x01."s,
              [](const Pickle& pickle) { CHECK(pickle.root().as<models::pickle::Long>()->bytes.size() == 9); });
  with_pickle("G\x3f\xf8\x00\x00\x00\x00\x00\x00."s,
              [](const Pickle& pickle) { CHECK(*pickle.root().as<double>() == 1.5); });
  with_pickle("I01\n.", [](const Pickle& pickle) { CHECK(*pickle.root().as<bool>()); });
}

TEST_CASE("containers in a pickle keep their order, and the memo repeats a value") {
  // {"a": [1, 2], "b": ("a", None)}, where "a" is stored once
  with_pickle(
      "\x80\x02}q\x00(X\x01\x00\x00\x00"
      "aq\x01](K\x01K\x02"
      "eX\x01\x00\x00\x00"
      "bh\x01N\x86u.rest"s,
      [](const Pickle& pickle) {
        const auto* const dict = pickle.root().as<models::pickle::Dict>();
        REQUIRE(dict != nullptr);
        REQUIRE(dict->items.size() == 2);
        CHECK(*dict->items[0].first->as<std::string_view>() == "a");
        const auto* const list = dict->items[0].second->as<models::pickle::List>();
        REQUIRE(list != nullptr);
        CHECK(integer(*list->items.at(1)) == 2);
        const auto* const pair = dict->items[1].second->as<models::pickle::Tuple>();
        REQUIRE(pair != nullptr);
        CHECK(*pair->items.at(0)->as<std::string_view>() == "a");
        CHECK(pair->items.at(1)->as<models::pickle::None>() != nullptr);
        CHECK(pickle.size() == 33);  // bytes after the pickle do not belong to it
      });
}

TEST_CASE("an allowed call is recorded, not executed") {
  with_pickle("cmath\npi\n(K\x01tR.", [](const Pickle& pickle) {
    const auto* const call = pickle.root().as<models::pickle::Call>();
    REQUIRE(call != nullptr);
    CHECK(call->function == "math.pi");
    CHECK(integer(*call->arguments->items.at(0)) == 1);
  });
}

TEST_CASE("a global that is not allowed is refused for every instruction") {
  CHECK(error_of("cos\nsystem\n(X\x02\x00\x00\x00lstR."s) ==
        "file: its pickle asks for 'os.system', which is not allowed");
  CHECK(error_of("\x80\x04\x8c\x08"
                 "builtins\x8c\x04"
                 "eval\x93.") == "file: its pickle asks for 'builtins.eval', which is not allowed");
  CHECK(error_of("](cmath\npi\ncposix\nsystem\ne.") ==
        "file: its pickle asks for 'posix.system', which is not allowed");
  CHECK(error_of("cmath\npi.os\n.") == "file: its pickle asks for 'math.pi.os', which is not allowed");
  // Control characters are escaped, because a terminal would interpret them.
  CHECK(error_of("c\x1b[2J\nx\n.") == "file: its pickle asks for '?[2J.x', which is not allowed");
  CHECK(error_of("c" + std::string(100000, 'a') + "\nx\n.").size() < 200);
}

TEST_CASE("dangerous instructions are refused") {
  for (const char* const bytes :
       {"(i__builtin__\neval\n.", "(cmath\npi\no.", "\x82\x01.", "Pid\n.", "\x97.", "\x92.", "!."}) {
    CHECK(error_of(bytes).find("is not one that torch.save writes") != std::string::npos);
  }
}

TEST_CASE("a malformed pickle is an error") {
  for (const std::string& bytes : {""s,
                                   "."s,
                                   "K"s,
                                   "K\x01"s,
                                   "t."s,
                                   "(."s,
                                   "e."s,
                                   "N)R."s,
                                   ")R."s,
                                   "K\x01)R."s,
                                   "cmath\npi\nNR."s,
                                   "\x85."s,
                                   "K\x01\x86."s,
                                   "h\x00."s,
                                   "g-1\n."s,
                                   "gx\n."s,
                                   "I99999999999999999999\n."s,
                                   "Ix\n."s,
                                   "L\n."s,
                                   "K\x01(K\x01u."s,
                                   "}(K\x01u."s,
                                   "}K\x01s."s,
                                   "K\x01K\x01"
                                   "a."s,
                                   "NNb."s,
                                   "(q\x00."s,
                                   "Q."s,
                                   "2."s,
                                   "\x93."s,
                                   "NN\x93."s,
                                   "X\xff\xff\xff\xff"
                                   "a."s,
                                   "\x8d\xff\xff\xff\xff\xff\xff\xff\xff"
                                   "a."s,
                                   "\x8b\xff\xff\xff\xff"
                                   "a."s,
                                   "\x8a\xff"
                                   "a."s,
                                   "cmath"s,
                                   "cmath\npi"s,
                                   "I12"s,
                                   "\x80\x06N."s,
                                   "ccollections\nOrderedDict\nN\x85R."s,
                                   "ccollections\nOrderedDict\n]N"
                                   "a\x85R."s,
                                   "ccollections\nOrderedDict\n])a\x85R."s}) {
    CAPTURE(bytes);
    CHECK(error_of(bytes).substr(0, 5) == "file:");
  }
}

TEST_CASE("instructions cannot access values below a mark") {
  CHECK(error_of("K\x01K\x02(\x86.").find("stack is empty") != std::string::npos);
}

TEST_CASE("a value nested a million times is read and freed without recursion") {
  CHECK(error_of(")" + repeat("\x85", 1000000) + ".") == "no error");
  CHECK(error_of(repeat("(", 1000000) + repeat("t", 1000000) + ".") == "no error");
  CHECK(error_of(repeat("]", 1000000) + repeat("a", 999999) + ".") == "no error");
}

TEST_CASE("a list that contains itself is read and freed") {
  CHECK(error_of("]q\x00h\x00"
                 "a."s) == "no error");
}

TEST_CASE("a pickle cannot request more memory than its length justifies") {
  // "Billion laughs": sixty lists, each containing the previous one twice. With shared values, these are only sixty
  // lists.
  CHECK(error_of("]q\x00"s + repeat("(h\x00h\x00lq\x00"s, 60) + ".") == "no error");
  // A memo index does not determine the size of an array.
  CHECK(error_of("Nr\xff\xff\xff\xffj\xff\xff\xff\xff.") == "no error");
  CHECK(error_of("Np9000000000000000000\n.") == "no error");
  // Short calls that copy a long list.
  const std::string pair = "(K\x01K\x02l";
  CHECK(error_of("](" + repeat(pair, 10000) +
                 "eq\x00"
                 "0"s +
                 repeat("ccollections\nOrderedDict\nh\x00\x85R0"s, 1000) + "N.")
            .find("takes more than 4194304 instructions") != std::string::npos);
  CHECK(error_of(repeat("N0", 3000000) + ".").find("takes more than 4194304 instructions") != std::string::npos);
}
