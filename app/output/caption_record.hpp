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

/// A caption of a photo for output.
struct CaptionRecord {
  const std::filesystem::path& path;
  int rank = 1;  ///< one-based rank
  const Caption& caption;
  bool one_of_several = false;        ///< print its log-probability
  std::optional<std::uint64_t> seed;  ///< seed of its cells
};

/// A format of caption files.
struct RecordFormat {
  const char* header;                            ///< header lines
  std::string (*write)(const CaptionRecord& c);  ///< one or more complete lines
  /// The paths in such a file as path_key() formats them; nothing for other files.
  std::optional<std::vector<std::string>> (*paths)(std::string_view text);
};

/// `text` (path, tab, caption; control characters escaped), `csv` and `jsonl`.
const Registry<RecordFormat>& record_formats();

/// The format for an extension: .txt, .csv or .jsonl. Throws Error for others.
const RecordFormat& record_format_of(const std::filesystem::path& file);

/// The form of a path in `paths`.
std::string path_key(const std::filesystem::path& path);

}  // namespace saccade::app
