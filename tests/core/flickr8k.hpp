#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

#include <doctest/doctest.h>

namespace saccade::test {

/// The folder of the Flickr8k data set: $SACCADE_FLICKR8K, or ../shared/data/flickr8k next to the repository. If it
/// does not exist, reports that the test is skipped and returns nothing.
inline std::optional<std::filesystem::path> flickr8k() {
  const char* const named = std::getenv("SACCADE_FLICKR8K");
  const std::filesystem::path folder = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(SACCADE_ASSETS) / "../../shared/data/flickr8k";
  if (std::filesystem::exists(folder / "Flickr8k.token.txt")) return folder;
  MESSAGE("skipped: no Flickr8k in " << folder.string() << " (set SACCADE_FLICKR8K to its folder)");
  return std::nullopt;
}

}  // namespace saccade::test
