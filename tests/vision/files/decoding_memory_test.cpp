#include "vision/files/decoding_memory.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <future>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

using namespace saccade;

TEST_CASE("threads that decode large images wait for each other") {
  constexpr std::uint64_t kMegabyte = 1 << 20;
  std::atomic<int> inside{0}, most{0};
  std::vector<std::future<void>> threads;
  for (int i = 0; i < 8; ++i) {
    threads.push_back(std::async(std::launch::async, [&] {
      const vision::DecodingMemory memory(300 * kMegabyte);
      const int now = ++inside;
      for (int before = most; before < now && !most.compare_exchange_weak(before, now);) continue;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      --inside;
    }));
  }
  for (auto& thread : threads) thread.get();
  CHECK(most <= 3);  // 300 MB each, at most a gigabyte in total
  const vision::DecodingMemory more_than_there_is(5000 * kMegabyte);
}
