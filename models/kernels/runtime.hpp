#pragma once

namespace saccade::models {

/// Asks the heap to keep memory that was freed. Large tensors come and go at every step, and memory given back to the
/// system must be zeroed page by page when it is asked for again, which costs more than the arithmetic on it.
void keep_freed_memory();

/// Lets all libraries use so many threads, at least 1, and takes the memory that OpenBLAS wants for each of them.
/// Throws std::bad_alloc where there is not so much.
void set_threads(int threads);

/// Cores that this process may run on, at least 1.
int usable_cores();

/// Whether the linear algebra library in use brings threads of its own beside LibTorch's: then the two fight for the
/// cores, and everything is up to three times slower.
bool has_foreign_threads();

}  // namespace saccade::models
