#include "models/kernels/runtime.hpp"

#include <fstream>
#include <malloc.h>
#include <string>

#include <ATen/Parallel.h>
#include <opencv2/core/utility.hpp>

namespace saccade::models {

void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the most that glibc allows; still larger ones would tear holes into the heap
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
}

void set_threads(int threads) {
  // The first call makes a pool of so many threads, which then spin for a tenth of a second; later ones do not.
  at::set_num_threads(1);
  at::set_num_threads(threads);
  cv::setNumThreads(threads);
}

bool has_foreign_threads() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("openblas-pthread") != std::string::npos) return true;
  }
  return false;
}

}  // namespace saccade::models
