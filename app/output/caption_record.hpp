#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/registry.hpp"
#include "core/text/caption.hpp"

namespace saccade::app {

/// A caption of a photo, as it is written down.
struct CaptionRecord {
  const std::filesystem::path& path;
  int rank = 1;  ///< from 1, of the captions of one photo
  const Caption& caption;
  bool one_of_several = false;        ///< its probability says how it compares
  std::optional<std::uint64_t> seed;  ///< by which its cells were drawn
};

/// A form in which captions are written, and found again.
struct RecordFormat {
  const char* header;                            ///< before the records; whole lines
  std::string (*write)(const CaptionRecord& c);  ///< a line, or lines, with the end
  /// The paths in a file of such records, as path_key() makes them; nothing when it is not such a file.
  std::optional<std::vector<std::string>> (*paths)(std::string_view text);
};

/// `text` (path, tab, caption; control characters escaped), `csv` and `jsonl`.
const Registry<RecordFormat>& record_formats();

/// The form that a file's name asks for: .txt, .csv or .jsonl. Throws Error for another name.
const RecordFormat& record_format_of(const std::filesystem::path& file);

/// How a path stands in `paths`.
std::string path_key(const std::filesystem::path& path);

}  // namespace saccade::app
