// Loops that are compiled for several widths of vector, the widest of which the processor has is taken when it runs.
#pragma once

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__)
#define HETAO_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define HETAO_WIDE
#endif
