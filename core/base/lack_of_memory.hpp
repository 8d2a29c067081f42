#pragma once

#include <exception>

namespace saccade {

/// What people are told where there is not enough memory.
inline constexpr const char* kLackOfMemory = "out of memory: give it more, or fewer --threads, or smaller pictures";

/// Whether an exception says that there is not: the standard's one, or what LibTorch and OpenCV throw in its place,
/// which their words alone tell.
bool is_lack_of_memory(const std::exception& error);

/// Throws std::bad_alloc where it does: for those who catch what else may be wrong.
void pass_on_lack_of_memory(const std::exception& error);

}  // namespace saccade
