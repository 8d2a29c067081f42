#pragma once

// A function so marked is compiled for several processors, and the one at hand is chosen when the program is loaded.
// Sanitizers cannot stand that (they are not yet awake then).
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)
#define SACCADE_EVERY_PROCESSOR __attribute__((target_clones("avx512f", "avx2,fma", "default")))
#else
#define SACCADE_EVERY_PROCESSOR
#endif
