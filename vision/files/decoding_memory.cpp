#include "vision/files/decoding_memory.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace saccade::vision {
namespace {

constexpr std::uint64_t kAll = std::uint64_t{1} << 30;

std::mutex mutex;
std::condition_variable given_back;
std::uint64_t taken = 0;

}  // namespace

DecodingMemory::DecodingMemory(std::uint64_t bytes) : bytes_(std::min(bytes, kAll)) {
  std::unique_lock lock(mutex);
  given_back.wait(lock, [this] { return taken + bytes_ <= kAll; });
  taken += bytes_;
}

DecodingMemory::~DecodingMemory() {
  {
    const std::lock_guard lock(mutex);
    taken -= bytes_;
  }
  given_back.notify_all();
}

}  // namespace saccade::vision
