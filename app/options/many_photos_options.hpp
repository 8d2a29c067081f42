#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "app/output/sidecar.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// Options of runs over many photos: where to write, and which photos to caption.
struct ManyPhotosOptions {
  std::filesystem::path output;           ///< file of captions; empty: standard output
  bool sidecar = false;                   ///< write a text file next to each photo
  Sidecar sidecar_name = Sidecar::kText;  ///< kText or kFullText
  bool xmp = false;                       ///< write an XMP file next to each photo
  bool resume = false;
  bool force = false;
  bool quiet = false;
  bool null_separated = false;
  std::string shard = "1/1";

  void fields(Fields& f);

  /// Parses `shard`. Throws UsageError if options contradict each other.
  void check();

  /// The files to write next to each photo.
  std::vector<Sidecar> sidecars() const;

  /// Whether the shard contains the photo with this zero-based index.
  bool has(std::size_t photo) const { return photo % shards_ == shard_; }

 private:
  std::size_t shard_ = 0, shards_ = 1;
};

}  // namespace saccade::app
