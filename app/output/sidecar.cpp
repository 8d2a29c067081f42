#include "app/output/sidecar.hpp"

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

/// The XMP file with a new description and all other contents.
std::string with_description(const fs::path& file, const std::string& caption) {
  XmpData data = read_xmp(file);
  if (data.empty()) data[kTool] = kOwnTool;
  const auto before = data.findKey(XmpKey(kDescription));
  if (before != data.end()) data.erase(before);
  Exiv2::LangAltValue description;
  description.value_["x-default"] = caption;
  data.add(XmpKey(kDescription), &description);
  std::string packet;
  if (XmpParser::encode(packet, data) != 0) throw Error("{}: the caption cannot be written as XMP", file.string());
  return packet;
}

}  // namespace

fs::path sidecar_of(const fs::path& photo, Sidecar kind) {
  // XMP files keep the extension of the photo like darktable and digiKam, so that a.jpg and a.png differ.
  return kind == Sidecar::kText ? fs::path(photo).replace_extension(".txt") : fs::path(photo.string() + ".xmp");
}

bool has_caption(const fs::path& file, Sidecar kind) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return false;
  if (kind == Sidecar::kText) return true;
  const XmpData data = read_xmp(file);
  return data.findKey(XmpKey(kDescription)) != data.end();
}

bool is_own(const fs::path& file, Sidecar kind) {
  if (kind == Sidecar::kText) return false;
  const XmpData data = read_xmp(file);
  const auto tool = data.findKey(XmpKey(kTool));
  return tool != data.end() && tool->toString() == kOwnTool;
}

void write_sidecar(const fs::path& file, Sidecar kind, const std::vector<std::string>& captions) {
  if (kind == Sidecar::kText) {
    write_file(file, fmt::format("{}\n", fmt::join(captions, "\n")));
  } else {
    write_file(file, with_description(file, captions.front()));
  }
}

}  // namespace saccade::app
