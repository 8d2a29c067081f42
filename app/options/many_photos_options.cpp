#include "app/options/many_photos_options.hpp"

#include <cstdio>

#include <fmt/format.h>

#include "app/command.hpp"
#include "app/output/caption_record.hpp"
#include "core/base/registry.hpp"

namespace saccade::app {

namespace {

const Registry<Sidecar>& sidecar_names() {
  static const Registry<Sidecar> names("name of the sidecar", {{"stem", Sidecar::kText}, {"full", Sidecar::kFullText}});
  return names;
}

}  // namespace

void ManyPhotosOptions::fields(Fields& f) {
  constexpr auto kNothing = Affects::kNothing;
  f.section("Many photos");
  f(output, "output", "FILE", "Write the captions to FILE (.csv, .jsonl or .txt).", kNothing);
  f(sidecar, "sidecar", "Write the caption of a.jpg to a.txt in the same folder.", kNothing);
  f(sidecar_name, "sidecar-name", sidecar_names(),
    "Name the sidecar of a.jpg a.txt (stem) or a.jpg.txt (full). full gives a.jpg and a.heic different files.",
    kNothing);
  f(xmp, "xmp", "Write the caption of a.jpg to a.jpg.xmp as an XMP description.", kNothing);
  f(resume, "resume", "Skip photos that already have captions in the output file or next to the photo.", kNothing);
  f(shard, "shard", "K/N", "Caption every N-th photo, starting with the K-th, to divide the work among N processes.",
    kNothing);
  f(null_separated, "null-separated",
    "Read paths from standard input that end with a zero byte, as `find -print0` writes them. Short form: -0.",
    kNothing);
  f(force, "force", "Replace files that Saccade did not write. Input photos are never replaced.", kNothing);
  f(quiet, "quiet", "Do not print progress or a summary.", kNothing);
}

void ManyPhotosOptions::check() {
  unsigned k = 0, n = 0;
  int length = 0;
  const bool read = std::sscanf(shard.c_str(), "%6u/%6u%n", &k, &n, &length) == 2;
  if (!read || static_cast<std::size_t>(length) != shard.size() || k < 1 || k > n) {
    throw UsageError(fmt::format("--shard must be K/N with K from 1 to N, not {}", shard));
  }
  shard_ = k - 1;
  shards_ = n;
  if (!output.empty()) record_format_of(output);
  if (resume && output.empty() && sidecars().empty()) {
    throw UsageError("--resume requires --output, --sidecar or --xmp");
  }
}

std::vector<Sidecar> ManyPhotosOptions::sidecars() const {
  std::vector<Sidecar> kinds;
  if (sidecar) kinds.push_back(sidecar_name);
  if (xmp) kinds.push_back(Sidecar::kXmp);
  return kinds;
}

}  // namespace saccade::app
