#define DOCTEST_CONFIG_IMPLEMENT
#include <cstdio>

#include <doctest/doctest.h>

// All test cases of a program run in one process. `--shard=I/N` runs the I-th of N parts of them, in the order of their
// files, so that CTest can run several at once.
int main(int count, char** words) {
  doctest::Context context(count, words);
  for (int i = 1; i < count; ++i) {
    int shard = 0, shards = 0;
    if (std::sscanf(words[i], "--shard=%d/%d", &shard, &shards) != 2 || shard < 1 || shard > shards) continue;
    const auto tests = static_cast<int>(doctest::detail::getRegisteredTests().size());
    const int first = tests * (shard - 1) / shards + 1, last = tests * shard / shards;
    if (last < first) return 0;                               // there are fewer tests than shards
    std::printf("shard: %d test cases\n", last - first + 1);  // doctest's summary counts those of other shards too
    std::fflush(stdout);
    context.setOption("first", first);
    context.setOption("last", last);
  }
  return context.run();
}
