#include "core/base/fields.hpp"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

// Tests of option declarations: parsing, errors, JSON and signatures.

using namespace saccade;
using nlohmann::json;

namespace {

enum class Color { kRed, kBlue };

const Registry<Color>& colors() {
  static const Registry<Color> registry("color", {{"red", Color::kRed}, {"blue", Color::kBlue}});
  return registry;
}

struct Options {
  std::int64_t width = 480;
  std::uint32_t seed = 1;
  double share = 0.1;
  float small = 0.3F;
  bool wide = false;
  std::string score = "dot";
  Color color = Color::kRed;
  std::filesystem::path file;
  std::string title = "none";
  std::vector<int> beams{5};
  std::vector<Color> both{Color::kRed};
  std::vector<std::string> words;

  void fields(Fields& f) {
    f.section("Model");
    f(width, "state-width", Range{1, 8192}, "Width.", Affects::kModel);
    f(share, "share", Range{0, 1}, "Share.", Affects::kModel);
    f(wide, "wide", "Wide.", Affects::kModel);
    f(score, "score", {"dot", "additive"}, "Score.", Affects::kModel);
    f(color, "color", colors(), "Color.", Affects::kModel);
    f.section("Rest");
    f(seed, "seed", kSeeds, "Seed.", Affects::kResult);
    f(small, "small", Range{0, 1}, "Small.", Affects::kResult);
    f(file, "file", "FILE", "File.", Affects::kNothing).required = true;
    f(title, "title", "TEXT", "Title.", Affects::kNothing);
    f(beams, "beams", Range{1, 100}, "Beams.", Affects::kNothing);
    f(both, "both", colors(), "Colors.", Affects::kNothing);
    f(words, "words", "WORD", "Words.", Affects::kNothing);
  }
};

const Field& field_of(const Fields& fields, const std::string& name) {
  for (const Field& field : fields.all()) {
    if (field.name == name) return field;
  }
  throw Error("no field {}", name);
}

void check_refused(const std::string& name, const std::string& text, const std::string& message) {
  CAPTURE(text);
  Options options;
  const Fields fields = fields_of(options);
  const std::string before = field_of(fields, name).text();
  CHECK_THROWS_WITH_AS(field_of(fields, name).take(text), message.c_str(), Error);
  CHECK(field_of(fields, name).text() == before);
}

}  // namespace

TEST_CASE("a field parses and prints its value") {
  Options options;
  const Fields fields = fields_of(options);
  const auto take = [&fields](const std::string& name, const std::string& text) { field_of(fields, name).take(text); };
  take("state-width", "8192");
  take("share", "1e-3");
  take("wide", "true");
  take("score", "additive");
  take("color", "blue");
  take("file", "a b");
  take("beams", "1,20");
  take("both", "blue,red");
  take("words", "one");
  take("words", "two words");
  CHECK(options.width == 8192);
  CHECK(options.share == 0.001);
  CHECK(options.wide);
  CHECK(options.score == "additive");
  CHECK((options.color == Color::kBlue));
  CHECK(options.file == "a b");
  CHECK(options.beams == std::vector<int>{1, 20});
  CHECK((options.both == std::vector<Color>{Color::kBlue, Color::kRed}));
  CHECK(options.words == std::vector<std::string>{"one", "two words"});
  CHECK(field_of(fields, "state-width").text() == "8192");
  CHECK(field_of(fields, "share").text() == "0.001");
  CHECK(field_of(fields, "small").text() == "0.3");  // the shortest digits for a float
  CHECK(field_of(fields, "beams").text() == "1,20");
  CHECK(field_of(fields, "both").text() == "blue,red");
}

TEST_CASE("an invalid value is refused with the allowed values") {
  const std::string whole = "state-width must be an integer from 1 to 8192, not '";
  for (const char* text : {"0", "8193", "-1", "1.5", "1e3", "", " 1", "1 ", "many", "99999999999999999999"}) {
    check_refused("state-width", text, whole + text + "'");
  }
  for (const char* text : {"-0.1", "1.1", "nan", "inf", "", "0,5", "0x1p-1"}) {
    check_refused("share", text, std::string("share must be a number from 0 to 1, not '") + text + "'");
  }
  check_refused("score", "blind", "score must be one of dot, additive, not 'blind'");
  check_refused("color", "", "color must be one of red, blue, not ''");
  check_refused("wide", "yes", "wide must be true or false, not 'yes'");
  for (const char* text : {"", ",", "5,", ",5", "5,x", "5,101", "5;6"}) {
    check_refused(
        "beams", text,
        std::string("beams must be an integer from 1 to 100, or several separated by commas, not '") + text + "'");
  }
  check_refused("both", "red,green", "both must be one of red, blue, or several separated by commas, not 'red,green'");
}

TEST_CASE("a range is limited by the type of the number") {
  check_refused("seed", "4294967296", "seed must be an integer from 0 to 4294967295, not '4294967296'");
  std::uint64_t seed = 0;
  Fields fields;
  fields(seed, "seed", kSeeds, "Seed.", Affects::kNothing).take("9223372036854775807");
  CHECK(seed == 9223372036854775807U);
}

TEST_CASE("invalid values are printable in messages") {
  check_refused("score", "a\x1B[2J\n", "score must be one of dot, additive, not 'a?[2J?'");
  check_refused("score", std::string(1000, 'x'),
                "score must be one of dot, additive, not '" + std::string(100, 'x') + "...'");
}

TEST_CASE("a default that is empty or outside of the range is not a default") {
  int samples = 0;
  Options options;
  Fields fields = fields_of(options);
  CHECK_FALSE(fields(samples, "samples", Range{1, 10}, "Samples.", Affects::kNothing).has_default);
  CHECK_FALSE(field_of(fields, "file").has_default);
  CHECK(field_of(fields, "title").has_default);
  CHECK(field_of(fields, "state-width").has_default);
  CHECK(field_of(fields, "file").required);
  CHECK(field_of(fields, "file").section == "Rest");
  CHECK(field_of(fields, "share").section == "Model");
}

TEST_CASE("two declarations with the same name form one option") {
  int one = 1, other = 1;
  Fields fields;
  fields(one, "width", Range{1, 10}, "Width.", Affects::kNothing);
  fields(other, "width", Range{1, 5}, "Width.", Affects::kModel);
  REQUIRE(fields.all().size() == 1);
  const Field& field = fields.all().front();
  CHECK(field.text() == "1");
  field.take("4");
  CHECK(one == 4);
  CHECK(other == 4);
  other = 3;
  CHECK(field.text() == "4 and 3");
  CHECK(field.affects == Affects::kModel);
  CHECK_THROWS_WITH_AS(field.take("7"), "width must be an integer from 1 to 5, not '7'", Error);
  std::string name = "a";
  CHECK_THROWS_AS(fields(name, "width", "NAME", "Width.", Affects::kNothing), Error);
}

TEST_CASE("some options of another struct can be added") {
  Options options;
  Fields fields;
  fields.section("All");
  fields.add_all_but({"share", "seed"}, fields_of(options));
  CHECK(fields.all().size() == fields_of(options).all().size() - 2);
  CHECK_THROWS_AS(field_of(fields, "share"), Error);
  CHECK(field_of(fields, "color").section == "All");
}

TEST_CASE("JSON round-trips the model options") {
  Options options;
  options.width = 12;
  options.share = 0.25;
  options.wide = true;
  options.score = "additive";
  options.color = Color::kBlue;
  const json object = to_json(fields_of(options));
  CHECK(object == json{{"state_width", 12}, {"share", 0.25}, {"wide", true}, {"score", "additive"}, {"color", "blue"}});
  Options back;
  from_json(object, fields_of(back));
  CHECK(to_json(fields_of(back)) == object);
  CHECK((back.color == Color::kBlue));
  json more = object;
  more["share"] = 1;  // an integer is a valid number
  more["unknown"] = {1, 2};
  from_json(more, fields_of(back));
  CHECK(back.share == 1);
}

TEST_CASE("invalid JSON is refused with the name of the member") {
  const auto refused = [](const char* member, const json& value) {
    Options options;
    json object = to_json(fields_of(options));
    object[member] = value;
    CAPTURE(object.dump());
    CHECK_THROWS_AS(from_json(object, fields_of(options)), Error);
  };
  for (const json& value : {json(0), json(8193), json(-1), json(1.5), json("12"), json(nullptr), json(true),
                            json(json::array({1})), json(18446744073709551615U)}) {
    refused("state_width", value);
  }
  for (const json& value : {json(2), json(-0.5), json("0.5"), json(nullptr), json(1e300)}) refused("share", value);
  for (const json& value : {json(1), json("true"), json(nullptr)}) refused("wide", value);
  for (const json& value : {json("blind"), json(""), json(1), json(json::object())}) refused("score", value);
  refused("color", "green");

  Options options;
  CHECK_THROWS_WITH_AS(from_json(json::object(), fields_of(options)), "'state_width' is missing", Error);
  CHECK_THROWS_WITH_AS(from_json(json::array(), fields_of(options)), "'state_width' is missing", Error);
  CHECK_THROWS_WITH_AS(from_json(json(7), fields_of(options)), "'state_width' is missing", Error);
}

TEST_CASE("the signature has one line per option that affects training") {
  Options options;
  CHECK(signature_of(fields_of(options)) ==
        "state-width=480\nshare=0.1\nwide=false\nscore=dot\ncolor=red\nseed=1\nsmall=0.3\n");
}
