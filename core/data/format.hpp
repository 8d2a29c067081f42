#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/base/registry.hpp"
#include "core/data/captions_file.hpp"

namespace saccade {

/// A captions file or folder.
struct CaptionsSource {
  std::filesystem::path path;
  bool is_folder = false;
  std::string_view text;  ///< contents of a file, without byte order mark; not blank
};

/// A format of captions. Each is one file in core/data/format, which ends with its registration.
struct CaptionFormat {
  bool (*recognizes)(const CaptionsSource& source);
  /// Throws Error with the file name if nothing can be read.
  void (*read)(const CaptionsSource& source, CaptionsFile& file);
};

using CaptionFormatRegistry = Registry<CaptionFormat>;

void register_all(CaptionFormatRegistry& registry);
const CaptionFormatRegistry& caption_formats();

/// Common names of the columns and keys of images and captions.
inline constexpr std::initializer_list<const char*> kImageKeys{"image",      "file_name",  "filename", "filepath",
                                                               "image_name", "image_path", "path"};
inline constexpr std::initializer_list<const char*> kCaptionKeys{"caption", "text", "comment", "sentence",
                                                                 "description"};

/// Calls `use(line, number)` for each line of `text`, without its line end (\n or \r\n).
void for_each_line(std::string_view text, const std::function<void(std::string_view, std::size_t)>& use);

std::string_view without_byte_order_mark(std::string_view text);

/// The first line that is not blank.
std::string_view first_line(std::string_view text);

}  // namespace saccade
