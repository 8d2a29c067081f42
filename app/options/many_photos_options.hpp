#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "app/output/sidecar.hpp"
#include "core/base/fields.hpp"

namespace saccade::app {

/// How a run over many photos is told where to write, and in which parts.
struct ManyPhotosOptions {
  std::filesystem::path output;  ///< file of captions; empty: standard output
  bool sidecar = false;          ///< a text beside each photo
  bool xmp = false;              ///< its description in XMP beside each photo
  bool resume = false;
  bool force = false;
  bool quiet = false;
  bool null_separated = false;
  std::string shard = "1/1";

  void fields(Fields& f);

  /// Throws UsageError when options do not go together; takes `shard` apart.
  void check();

  /// What is written beside each photo.
  std::vector<Sidecar> sidecars() const;

  /// Whether the photo of this number, from 0, is in the shard.
  bool has(std::size_t photo) const { return photo % shards_ == shard_; }

 private:
  std::size_t shard_ = 0, shards_ = 1;
};

}  // namespace saccade::app
