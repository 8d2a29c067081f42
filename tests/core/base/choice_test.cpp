#include "core/base/choice.hpp"

#include <memory>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/base/error.hpp"

// Tests of mechanisms that are selected by name, with the options of all mechanisms in a registry.

using namespace saccade;
using nlohmann::json;

namespace {

struct Shape {
  int cells = 0;
};

struct Attention {
  virtual ~Attention() = default;
  virtual std::string describe() const = 0;
};

struct WindowOptions : OptionsOf<WindowOptions> {
  int window = 3;
  int heads = 1;
  void fields(Fields& f) override {
    f(window, "window", Range{1, 9}, "Window.", Affects::kModel);
    f(heads, "heads", Range{1, 16}, "Heads.", Affects::kModel);
  }
};

struct HeadsOptions : OptionsOf<HeadsOptions> {
  int heads = 1;
  void fields(Fields& f) override { f(heads, "heads", Range{1, 16}, "Heads.", Affects::kModel); }
};

struct Plain : Attention {
  explicit Plain(const Shape& shape) : cells(shape.cells) {}
  std::string describe() const override { return "plain " + std::to_string(cells); }
  int cells;
};

struct Window : Attention {
  Window(const WindowOptions& given, const Shape& /*shape*/) : options(given) {}
  std::string describe() const override { return "window " + std::to_string(options.window); }
  WindowOptions options;
};

struct Heads : Attention {
  Heads(const HeadsOptions& given, const Shape& /*shape*/) : options(given) {}
  std::string describe() const override { return "heads " + std::to_string(options.heads); }
  HeadsOptions options;
};

using AttentionChoice = Choice<Attention, Shape>;

AttentionChoice choice() {
  static const AttentionChoice::Mechanisms mechanisms = [] {
    AttentionChoice::Mechanisms registry("attention");
    registry.add("plain", Mechanism<Attention, Shape>::of<Plain>());
    registry.add("window", Mechanism<Attention, Shape>::of<Window, WindowOptions>());
    registry.add("heads", Mechanism<Attention, Shape>::of<Heads, HeadsOptions>());
    return registry;
  }();
  return {mechanisms, "attention", "Attention.", "plain"};
}

Fields all_of(AttentionChoice& choice) {
  Fields fields;
  choice.fields(fields);
  return fields;
}

Fields chosen_of(AttentionChoice& choice) {
  Fields fields;
  choice.chosen_fields(fields);
  return fields;
}

void take(const Fields& fields, const std::string& name, const std::string& text) {
  for (const Field& field : fields.all()) {
    if (field.name == name) return field.take(text);
  }
  throw Error("no option {}", name);
}

}  // namespace

TEST_CASE("the command line sets the options of all mechanisms in any order") {
  AttentionChoice attention = choice();
  const Fields fields = all_of(attention);
  CHECK(fields.all().size() == 3);  // attention, heads, window
  take(fields, "heads", "8");
  take(fields, "window", "5");
  take(fields, "attention", "heads");
  CHECK(attention.name() == "heads");
  CHECK(attention.make({4})->describe() == "heads 8");
  attention.choose("window");
  CHECK(attention.make({4})->describe() == "window 5");
  attention.choose("plain");
  CHECK(attention.make({4})->describe() == "plain 4");
}

TEST_CASE("JSON contains only the selected mechanism and its options, and restores them") {
  AttentionChoice attention = choice();
  attention.choose("window");
  take(chosen_of(attention), "window", "7");
  const json object = to_json(chosen_of(attention));
  CHECK(object == json{{"attention", "window"}, {"window", 7}, {"heads", 1}});
  AttentionChoice back = choice();
  back.choose(object.at("attention").get<std::string>());
  from_json(object, chosen_of(back));
  CHECK(back.make({4})->describe() == "window 7");
}

TEST_CASE("a copy has its own options") {
  AttentionChoice attention = choice();
  attention.choose("window");
  AttentionChoice copy = attention;
  take(chosen_of(copy), "window", "9");
  CHECK(copy.make({4})->describe() == "window 9");
  CHECK(attention.make({4})->describe() == "window 3");
  attention = copy;
  CHECK(attention.make({4})->describe() == "window 9");
}

TEST_CASE("an unknown mechanism is refused with the list of names") {
  AttentionChoice attention = choice();
  CHECK_THROWS_WITH_AS(attention.choose("blind"), doctest::Contains("plain, window, heads"), Error);
  CHECK_THROWS_WITH_AS(take(all_of(attention), "attention", "blind"),
                       "attention must be one of plain, window, heads, not 'blind'", Error);
  CHECK(attention.name() == "plain");
}
