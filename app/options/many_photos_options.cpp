#include "app/options/many_photos_options.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/output/caption_record.hpp"

namespace saccade::app {

void ManyPhotosOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  f.section("Many photos");
  f(output, "output", "FILE", "Write the captions to this file: .csv, .jsonl or .txt.", kNothing);
  f(sidecar, "sidecar", "Write the caption beside each photo, a.txt beside a.jpg.", kNothing);
  f(xmp, "xmp", "Write the caption as a description into XMP beside each photo, a.jpg.xmp, for photo managers.",
    kNothing);
  f(resume, "resume", "Go on with that file, or with those beside the photos, and pass over photos that have captions.",
    kNothing);
  f(shard, "shard", "K/N", "Caption every N-th photo, beginning with the K-th: a part of the work for each of N runs.",
    kNothing);
  f(recursive, "recursive", "Look into folders within folders. That is done anyway: for those who are used to say it.",
    kNothing);
  f(null_separated, "null-separated",
    "Paths on standard input end with a zero byte, as those of `find -print0` do; -0 for short.", kNothing);
  f(force, "force", "Replace files that this program did not make; the photos at hand are never replaced.", kNothing);
  f(quiet, "quiet", "Neither progress nor a summary.", kNothing);
}

void ManyPhotosOptions::check() {
  unsigned k = 0, n = 0;
  int length = 0;
  const bool read = std::sscanf(shard.c_str(), "%6u/%6u%n", &k, &n, &length) == 2;
  if (!read || static_cast<std::size_t>(length) != shard.size() || k < 1 || k > n) {
    throw UsageError(fmt::format("--shard must be K/N, with K from 1 to N, not {}", shard));
  }
  shard_ = k - 1;
  shards_ = n;
  if (!output.empty()) record_format_of(output);
  if (resume && output.empty() && sidecars().empty()) {
    throw UsageError("--resume needs --output, --sidecar or --xmp, which say where the captions made so far are");
  }
}

std::vector<Sidecar> ManyPhotosOptions::sidecars() const {
  std::vector<Sidecar> kinds;
  if (sidecar) kinds.push_back(Sidecar::kText);
  if (xmp) kinds.push_back(Sidecar::kXmp);
  return kinds;
}

}  // namespace saccade::app
