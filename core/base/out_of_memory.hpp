#pragma once

#include <exception>

namespace saccade {

/// The error message for a lack of memory.
inline constexpr const char* kOutOfMemory = "out of memory; use fewer --threads or smaller images";

/// Whether an exception reports a lack of memory: std::bad_alloc, or an exception of LibTorch or OpenCV with such a
/// message.
bool is_out_of_memory(const std::exception& error);

/// Throws std::bad_alloc if `error` reports a lack of memory. Call it before handling other errors.
void rethrow_out_of_memory(const std::exception& error);

}  // namespace saccade
