#include "core/data/captions_file.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"
#include "core/data/format.hpp"
#include "core/data/split.hpp"
#include "core/text/unicode.hpp"

namespace saccade {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kBlank = " \t\r\n";

const CaptionFormat& format_of(const CaptionsSource& source, const std::string& asked) {
  const auto& formats = caption_formats();
  if (asked != "auto") return formats.at(asked);
  for (const auto& name : formats.names()) {
    if (formats.at(name).recognizes(source)) return formats.at(name);
  }
  throw Error("{}: line 1: unknown format of captions; set it with --format ({})", source.path.string(),
              fmt::join(formats.names(), ", "));
}

}  // namespace

std::string fault_of_name(std::string_view name) {
  if (name.empty()) return "the image's name is empty";
  if (!is_utf8(name)) return "the image's name is not valid UTF-8 text";
  if (name.find('\0') != std::string_view::npos) return "the image's name holds a zero byte; write one name a line";
  const fs::path path{std::string(name)};
  bool leaves = path.is_absolute();
  for (const auto& part : path) leaves = leaves || part == "..";
  return leaves ? fmt::format("the image's name '{}' leads out of the images' folder", name) : "";
}

void CaptionsFile::add(std::string_view image, std::string_view text, std::string place) {
  std::string fault = fault_of_name(image);
  if (fault.empty() && !is_utf8(text)) fault = "the caption is not valid UTF-8 text";
  if (!fault.empty()) return malformed(place, std::move(fault));
  entries_.push_back({std::string(image), std::string(text), std::move(place)});
}

void CaptionsFile::malformed(const std::string& place, std::string why) {
  findings_.push_back({"malformed", fmt::format("{}: {}", path_.string(), place), std::move(why), true});
}

void CaptionsFile::uncaptioned(const std::string& image, const std::string& place) {
  note("photo without caption", fmt::format("{}: {}", path_.string(), place),
       fmt::format("there is no caption of '{}'", image));
  uncaptioned_.push_back(image);
}

void CaptionsFile::put(const std::string& image, const std::string& split, const std::string& place) {
  const auto [found, is_new] = splits_.emplace(image, split);
  if (is_new || found->second == split || part_of(found->second) == part_of(split)) return;
  note("conflicting split", fmt::format("{}: {}", path_.string(), place),
       fmt::format("'{}' is in '{}' already; '{}' is ignored", image, found->second, split));
}

CaptionsFile read_captions_file(const fs::path& path, const std::string& format) {
  CaptionsSource source{path, fs::is_directory(path), {}};
  std::string content;
  if (!source.is_folder) {
    content = read_file(path);
    source.text = without_byte_order_mark(content);
    if (source.text.find_first_not_of(kBlank) == std::string_view::npos) {
      throw Error("{}: the captions file is empty", path.string());
    }
  }
  const CaptionFormat& reader = format_of(source, format);
  if (source.is_folder && !reader.recognizes(source)) {
    throw Error("{}: is a folder, but --format {} reads a file", path.string(), format);
  }
  CaptionsFile file(path);
  reader.read(source, file);
  const auto stops = [](const Finding& finding) { return finding.stops; };
  if (file.entries().empty() && std::none_of(file.findings().begin(), file.findings().end(), stops)) {
    throw Error(source.is_folder ? "{}: there is no caption in this folder; put a .txt file beside each photo"
                                 : "{}: there is no caption in this file",
                path.string());
  }
  return file;
}

const CaptionFormatRegistry& caption_formats() {
  static const CaptionFormatRegistry registry = [] {
    CaptionFormatRegistry formats("form of captions");
    register_all(formats);
    return formats;
  }();
  return registry;
}

void for_each_line(std::string_view text, const std::function<void(std::string_view, std::size_t)>& use) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    use(line, number);
  }
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  return text.substr(0, kMark.size()) == kMark ? text.substr(kMark.size()) : text;
}

std::string_view first_line(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  text.remove_prefix(first);
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

}  // namespace saccade
