#pragma once

#include <cstdint>

namespace saccade::vision {

/// A share of the memory that the decoding of pictures takes in all threads together, a gigabyte: taken as long as this
/// lives, and waited for where others have it. A picture that needs more is decoded while no other is.
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
