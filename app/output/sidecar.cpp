#include "app/output/sidecar.hpp"

#include <algorithm>

#include <exiv2/exiv2.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/base/atomic_file.hpp"
#include "core/base/error.hpp"

namespace saccade::app {
namespace {

namespace fs = std::filesystem;
using Exiv2::XmpData;
using Exiv2::XmpKey;
using Exiv2::XmpParser;

constexpr const char* kDescription = "Xmp.dc.description";
constexpr const char* kTool = "Xmp.xmp.CreatorTool";
constexpr const char* kOwnTool = "saccade";

/// The contents of an XMP file; empty if it does not exist.
XmpData read_xmp(const fs::path& file) {
  Exiv2::LogMsg::setLevel(Exiv2::LogMsg::mute);
  XmpData data;
  if (fs::exists(file) && XmpParser::decode(data, read_file(file)) != 0) {
    throw Error("{}: not a readable XMP file; repair or remove it", file.string());
  }
  return data;
}

/// The descriptions by language. One without a language counts as the default.
Exiv2::LangAltValue::ValueType descriptions(const XmpData& data) {
  const auto found = data.findKey(XmpKey(kDescription));
  if (found == data.end()) return {};
  if (const auto* const value = dynamic_cast<const Exiv2::LangAltValue*>(&found->value())) return value->value_;
  return {{"x-default", found->toString()}};
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string::npos;
}

/// The XMP file with a new description and all other contents.
std::string with_description(const fs::path& file, const std::string& caption) {
  XmpData data = read_xmp(file);
  if (data.empty()) data[kTool] = kOwnTool;
  Exiv2::LangAltValue description;
  description.value_ = descriptions(data);
  description.value_["x-default"] = caption;
  const auto before = data.findKey(XmpKey(kDescription));
  if (before != data.end()) data.erase(before);
  data.add(XmpKey(kDescription), &description);
  std::string packet;
  if (XmpParser::encode(packet, data) != 0) throw Error("{}: the caption cannot be written as XMP", file.string());
  return packet;
}

}  // namespace

fs::path sidecar_of(const fs::path& photo, Sidecar kind) {
  // XMP files keep the extension of the photo like darktable and digiKam, so that a.jpg and a.png differ.
  if (kind == Sidecar::kText) return fs::path(photo).replace_extension(".txt");
  return photo.string() + (kind == Sidecar::kXmp ? ".xmp" : ".txt");
}

bool has_caption(const fs::path& file, Sidecar kind) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return false;
  if (kind != Sidecar::kXmp) return !is_blank(read_file(file));
  const auto found = descriptions(read_xmp(file));
  return std::any_of(found.begin(), found.end(), [](const auto& text) { return !is_blank(text.second); });
}

bool is_replaceable(const fs::path& file, Sidecar kind) {
  if (kind != Sidecar::kXmp) return !has_caption(file, kind);
  const XmpData data = read_xmp(file);
  const auto tool = data.findKey(XmpKey(kTool));
  const auto found = descriptions(data);
  const bool blank = !found.empty() && !has_caption(file, kind);
  return blank || (tool != data.end() && tool->toString() == kOwnTool);
}

void write_sidecar(const fs::path& file, Sidecar kind, const std::vector<std::string>& captions) {
  if (kind != Sidecar::kXmp) {
    write_file(file, fmt::format("{}\n", fmt::join(captions, "\n")));
  } else {
    write_file(file, with_description(file, captions.front()));
  }
}

}  // namespace saccade::app
