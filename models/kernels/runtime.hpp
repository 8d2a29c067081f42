#pragma once

namespace saccade::models {

/// Makes the heap keep freed memory. Large tensors are allocated at every step, and zeroing fresh pages costs more than
/// the arithmetic.
void keep_freed_memory();

/// Sets the number of threads of all libraries (at least 1) and allocates the buffers of OpenBLAS. Throws
/// std::bad_alloc if memory is insufficient.
void set_threads(int threads);

/// Number of cores that this process may use, at least 1.
int usable_cores();

/// Whether the BLAS library uses its own threads besides those of LibTorch. They compete for the cores and can triple
/// the run time.
bool has_foreign_threads();

}  // namespace saccade::models
