#pragma once

#include <filesystem>

#include "core/base/atomic_file.hpp"
#include "tests/temporary_folder.hpp"

namespace saccade::test {

/// Writes a WordNet of a few words in WordNet's file format.
inline void write_small_wordnet(const std::filesystem::path& folder) {
  write_file(folder / "index.noun",
             "  1 This line is part of a licence.\n"
             "child n 1 1 @ 1 0 00000200\n"
             "dog n 1 2 @ ~ 1 1 00000100\n"
             "hound n 1 1 @ 1 0 00000100\n"
             "hot_dog n 1 1 @ 1 0 00000101\n"
             "kid n 1 1 @ 1 0 00000200\n");
  write_file(folder / "index.verb",
             "dog v 1 0 1 0 00000900\n"
             "run v 2 1 @ 2 0 00000300 00000900\n"
             "sprint v 1 1 @ 1 0 00000300\n");
  write_file(folder / "index.adj", "");
  write_file(folder / "index.adv", "");
  write_file(folder / "noun.exc", "children child\n");
  write_file(folder / "verb.exc", "running run\n");
  write_file(folder / "adj.exc", "");
  write_file(folder / "adv.exc", "");
}

}  // namespace saccade::test
