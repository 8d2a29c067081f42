#include "core/data/text_files.hpp"

#include <string>
#include <string_view>

#include <fmt/ranges.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/text/unicode.hpp"

namespace saccade {

namespace {

std::vector<std::string> read_lines(const TextFile& file) {
  const auto& [path, content] = file;
  if (content.empty()) throw Error("{}: the file is empty", path.string());
  std::vector<std::string> lines;
  std::string_view rest = content;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!is_utf8(line)) throw Error("{}: line {}: not valid UTF-8", path.string(), lines.size() + 1);
    if (line.find('\0') != std::string_view::npos) {
      throw Error("{}: line {}: holds a zero byte; write one caption a line", path.string(), lines.size() + 1);
    }
    lines.emplace_back(line);
  }
  return lines;
}

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t\r\v\f") == std::string::npos;
}

}  // namespace

HypothesisSet read_text_hypotheses(const TextFile& file) {
  HypothesisSet set;
  set.source = file.path.string();
  for (std::string& line : read_lines(file)) {
    std::string id = std::to_string(set.captions.size() + 1);
    set.captions.push_back({std::move(id), std::move(line)});
  }
  return set;
}

ReferenceSet read_text_references(const std::vector<TextFile>& files) {
  if (files.empty()) throw Error("there is no reference file to score against");
  ReferenceSet set;
  std::vector<std::string> names;
  for (const TextFile& file : files) {
    names.push_back(file.path.string());
    std::vector<std::string> lines = read_lines(file);
    if (names.size() == 1) {
      for (std::size_t i = 0; i < lines.size(); ++i) set.images.push_back({std::to_string(i + 1), {}});
    }
    if (lines.size() != set.images.size()) {
      throw Error("{}: has {} lines, but {} has {}", file.path.string(), lines.size(), names.front(),
                  set.images.size());
    }
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!is_blank(lines[i])) set.images[i].captions.push_back(std::move(lines[i]));
    }
  }
  set.source = fmt::format("{}", fmt::join(names, " and "));
  for (const ImageReferences& image : set.images) {
    if (image.captions.empty()) throw Error("{}: line {}: there is no reference", set.source, image.id);
  }
  return set;
}

}  // namespace saccade
