#include "app/output/page_template.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/assets.hpp"
#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

namespace saccade::app {
namespace {

std::pair<std::string, std::string> cut(const std::string& text, std::string_view mark) {
  const std::size_t place = text.find(mark);
  if (place == std::string::npos) throw Error("a page of this program has no place '{}'; install it again", mark);
  return {text.substr(0, place), text.substr(place + mark.size())};
}

}  // namespace

std::string_view page_beginning() {
  return "<!doctype html>\n<!-- Made by saccade. -->\n";
}

std::pair<std::string, std::string> page_template(const std::string& name) {
  auto [before, after] = cut(read_file(asset("page/" + name)), "/*STYLE*/\n");
  auto [begin, end] = cut(before + read_file(asset("page/style.css")) + after, "<!--DATA-->\n");
  begin.replace(0, begin.find('\n') + 1, page_beginning());  // in the place of the line with the document's type
  return {begin, end};
}

std::string page_data(const std::string& kind, const nlohmann::json& data) {
  std::string text;
  for (const char c : data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)) {
    if (c == '<') {
      text += "\\u003c";  // JSON has it in strings only, and there it means the same
    } else {
      text += c;
    }
  }
  return fmt::format("<script type=\"application/json\" class=\"{}\">{}</script>\n", kind, text);
}

}  // namespace saccade::app
