#include "app/output/page_template.hpp"

#include <fstream>

#include <fmt/format.h>

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

std::string page_with_parts(const std::string& name) {
  std::string page = read_file(asset("page/" + name));
  for (const auto& [mark, part] : {std::pair{"/*STYLE*/\n", "style.css"},
                                   {"/*CAPTION STYLE*/\n", "captions.css"},
                                   {"<!--CAPTION TOOLS-->\n", "captions.html"},
                                   {"/*MAPS*/\n", "maps.js"},
                                   {"/*CAPTIONS*/\n", "captions.js"}}) {
    const std::size_t place = page.find(mark);
    if (place != std::string::npos)
      page.replace(place, std::string_view(mark).size(), read_file(asset(fmt::format("page/{}", part))));
  }
  return page;
}

std::pair<std::string, std::string> page_template(const std::string& name) {
  const std::string page = page_with_parts(name);
  auto [begin, end] = cut(page, "<!--DATA-->\n");
  begin.replace(0, begin.find('\n') + 1, page_beginning());  // replaces the line with the document type
  return {begin, end};
}

bool is_page(const std::filesystem::path& file) {
  std::string beginning(page_beginning().size(), '\0');
  std::ifstream(file, std::ios::binary).read(beginning.data(), static_cast<std::streamsize>(beginning.size()));
  return beginning == page_beginning();
}

}  // namespace saccade::app
