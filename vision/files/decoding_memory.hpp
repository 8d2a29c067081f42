#pragma once

#include <cstdint>

namespace saccade::vision {

/// Reserves memory for decoding an image, so that all threads together use at most 1 GB. The constructor waits until
/// the memory is available. An image that needs more than 1 GB is decoded alone.
class DecodingMemory {
 public:
  explicit DecodingMemory(std::uint64_t bytes);
  ~DecodingMemory();
  DecodingMemory(const DecodingMemory&) = delete;
  DecodingMemory& operator=(const DecodingMemory&) = delete;

 private:
  std::uint64_t bytes_;
};

}  // namespace saccade::vision
