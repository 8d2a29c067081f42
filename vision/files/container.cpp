#include "vision/files/container.hpp"

#include "core/base/error.hpp"
#include "vision/files/byte_reader.hpp"

namespace saccade::vision {
namespace {

struct Signature {
  std::uint64_t offset;
  std::string_view bytes;
  const char* name;
};

using namespace std::string_view_literals;

// Other file types that users pass, for messages that say what to do.
constexpr Signature kForeign[] = {
    {0, "\xFF\x0A"sv, "a JPEG XL picture"},
    {0, "\0\0\0\x0CJXL "sv, "a JPEG XL picture"},
    {0, "\0\0\0\x0CjP  "sv, "a JPEG 2000 picture"},
    {0, "8BPS"sv, "a Photoshop document"},
    {0, "%PDF"sv, "a PDF document"},
    {0, "<svg"sv, "an SVG drawing"},
};

/// Brands of HEIC and AVIF files, from byte 4 on. The last two are image sequences.
constexpr std::string_view kHeif[] = {"ftypheic"sv, "ftypheix"sv, "ftypheim"sv, "ftypheis"sv,
                                      "ftypmif1"sv, "ftypavif"sv, "ftypmsf1"sv, "ftypavis"sv};

}  // namespace

const char* format_name(Container::Format format) {
  switch (format) {
    case Container::Format::jpeg:
      return "JPEG";
    case Container::Format::png:
      return "PNG";
    case Container::Format::webp:
      return "WebP";
    case Container::Format::bmp:
      return "BMP";
    case Container::Format::tiff:
      return "TIFF";
    case Container::Format::gif:
      return "GIF";
    case Container::Format::heif:
      return "HEIF";
  }
  return "";
}

Container inspect_container(std::string_view bytes, const std::string& name) {
  const ByteReader reader(bytes, ByteReader::Order::big);
  if (reader.matches(0, "\xFF\xD8\xFF"sv)) return inspect_jpeg(bytes, name);
  if (reader.matches(0, "\x89PNG\r\n\x1A\n"sv)) return inspect_png(bytes, name);
  if (reader.matches(0, "RIFF"sv) && reader.matches(8, "WEBP"sv)) return inspect_webp(bytes, name);
  if (reader.matches(0, "II\x2A\0"sv) || reader.matches(0, "MM\0\x2A"sv)) return inspect_tiff(bytes, name);
  if (reader.matches(0, "II\x2B\0"sv) || reader.matches(0, "MM\0\x2B"sv)) return inspect_tiff(bytes, name);
  if (reader.matches(0, "GIF87a"sv) || reader.matches(0, "GIF89a"sv)) return inspect_gif(bytes, name);
  for (const std::string_view brand : kHeif) {
    if (reader.matches(4, brand)) return inspect_heif(bytes, name);
  }
  // Text may start with the same two letters, so the header length must be plausible too.
  const auto bmp_header = ByteReader(bytes, ByteReader::Order::little).integer(14, 4);
  if (reader.matches(0, "BM"sv) && bmp_header && *bmp_header >= 12 && *bmp_header <= 124) {
    return inspect_bmp(bytes, name);
  }
  for (const Signature& foreign : kForeign) {
    if (reader.matches(foreign.offset, foreign.bytes)) {
      throw Error("{}: {}, which cannot be read; convert it to JPEG, PNG or WebP", name, foreign.name);
    }
  }
  throw Error("{}: not a picture that can be read (JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC or AVIF)", name);
}

void throw_truncated(const std::string& name, Container::Format format) {
  throw Error("{}: the {} file is truncated: its end is missing", name, format_name(format));
}

void throw_damaged(const std::string& name, Container::Format format) {
  throw Error("{}: the {} file is damaged, or of a kind that cannot be decoded", name, format_name(format));
}

}  // namespace saccade::vision
