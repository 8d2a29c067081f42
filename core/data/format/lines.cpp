// Lines `name#k<TAB>caption`: Flickr8k.token.txt, Flickr30k's results_20130124.token.

#include <fmt/format.h>

#include "core/data/format.hpp"

namespace saccade {
namespace {

void read(const CaptionsSource& source, CaptionsFile& file) {
  for_each_line(source.text, [&file](std::string_view line, std::size_t number) {
    if (line.empty()) return;
    std::string place = fmt::format("line {}", number);
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos) return file.malformed(place, "expected 'name#k<TAB>caption', found no tab");
    const std::string_view key = line.substr(0, tab);
    const std::size_t hash = key.rfind('#');
    if (hash == std::string_view::npos) return file.malformed(place, "expected 'name#k<TAB>caption', found no '#'");
    if (line.find('\r') != std::string_view::npos) {  // else all captions of an old Mac's file would be one
      return file.malformed(place, "holds a carriage return; a line must end with a line feed");
    }
    file.add(key.substr(0, hash), line.substr(tab + 1), std::move(place));
  });
}

bool recognizes(const CaptionsSource& source) {
  const std::string_view line = first_line(source.text);
  const std::size_t tab = line.find('\t');
  return tab != std::string_view::npos && line.substr(0, tab).find('#') != std::string_view::npos;
}

}  // namespace

void register_lines(CaptionFormatRegistry& registry) {
  registry.add("lines", {recognizes, read});
}

}  // namespace saccade
