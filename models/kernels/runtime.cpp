#include "models/kernels/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <malloc.h>
#include <memory>
#include <mutex>
#include <sched.h>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>
#include <vector>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <opencv2/core/utility.hpp>
#include <sys/resource.h>

namespace saccade::models {
namespace {

/// Makes OpenBLAS allocate its buffers. It allocates one per thread on the first product and retries forever if memory
/// is exhausted, so this checks for the memory first.
void take_product_buffers(int threads) {
  constexpr std::size_t kBuffer = (std::size_t{128} << 20) + (1 << 16);
  {
    std::vector<std::unique_ptr<char[]>> buffers;
    for (int i = 0; i < threads; ++i) buffers.emplace_back(new char[kBuffer]);
  }
  const at::Tensor square = at::ones({128, 128});
  // A single thread reuses its buffer. There may be fewer threads than requested.
  std::atomic<int> awaited{threads};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
  at::parallel_for(0, threads, 1, [&](std::int64_t /*begin*/, std::int64_t /*end*/) {
    --awaited;
    while (awaited > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    at::mm(square, square);
  });
}

/// Whether this process has a memory limit below that of the machine. Without one, the check would only cost time.
bool memory_is_limited() {
  for (const auto resource : {RLIMIT_AS, RLIMIT_DATA}) {
    rlimit limit{};
    if (::getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) return true;
  }
  return false;
}

/// Keeps an idle OpenMP team of more threads than cores. In such a process, libgomp's threads spin only for 100 rounds
/// at a barrier before they sleep, instead of 300,000. If another program uses a core, a thread that spins delays the
/// thread that it waits for. libgomp reads its environment variables before main, so they cannot be set here.
void park_team() {
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals must interrupt the threads that do the work
  try {
    std::thread([] {
#ifdef _OPENMP
      std::atomic<int> started{0};
#pragma omp parallel num_threads(usable_cores() + 1)
      ++started;  // an empty region would be removed
#endif
      while (true) ::pause();
    }).detach();
  } catch (const std::system_error&) {  // only slower on a busy machine
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace

void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);  // the maximum of glibc; it keeps large tensors in the heap
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
}

void set_threads(int threads) {
  // The first call creates the thread pool, whose threads spin for 0.1 s; later calls do not.
  at::set_num_threads(1);
  at::set_num_threads(threads);
  cv::setNumThreads(std::min(threads, usable_cores()));  // TBB warns about more threads than cores
  static std::once_flag parked;
  if (memory_is_limited()) {
    take_product_buffers(threads);
  } else if (threads > 1) {
    std::call_once(parked, park_team);
  }
}

int usable_cores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  const bool told = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
  return told ? std::max(CPU_COUNT(&cores), 1) : 1;
}

bool has_foreign_threads() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("openblas-pthread") != std::string::npos) return true;
  }
  return false;
}

}  // namespace saccade::models
