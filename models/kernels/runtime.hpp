#pragma once

namespace saccade::models {

/// Asks the heap to keep memory that was freed. Large tensors come and go at every step, and memory given back to the
/// system must be zeroed page by page when it is asked for again, which costs more than the arithmetic on it.
void keep_freed_memory();

/// Lets all libraries use so many threads, at least 1.
void set_threads(int threads);

/// Whether the linear algebra library in use brings threads of its own beside LibTorch's: then the two fight for the
/// cores, and everything is up to three times slower.
bool has_foreign_threads();

}  // namespace saccade::models
