#pragma once

// Compiles a function for several processors; the loader selects the version for the current one. Not under sanitizers,
// which are not initialized at that time.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SACCADE_EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define SACCADE_EVERY_PROCESSOR
#endif
