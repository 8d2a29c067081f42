// A library to be loaded before a program (LD_PRELOAD) that lets one of its calls fail: the FAIL_NUMBER-th FAIL_CALL
// (write, fsync or rename) on a file whose path begins with FAIL_BELOW. The disk is full, says write; the others that
// it is broken. With FAIL_CALL=allocation it is the FAIL_NUMBER-th request for FAIL_SIZE bytes of memory or more, from
// the program's own beginning on, and the file FAIL_TOLD is made when it comes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int started;  // the libraries are there, the program begins

int __libc_start_main(int (*entry)(int, char**, char**), int count, char** words, void (*begin)(void),
                      void (*end)(void), void (*loader)(void), void* stack) {
  int (*real)(int (*)(int, char**, char**), int, char**, void (*)(void), void (*)(void), void (*)(void), void*) =
      dlsym(RTLD_NEXT, "__libc_start_main");
  started = 1;
  return real(entry, count, words, begin, end, loader, stack);
}

static int refuses(size_t size) {
  static atomic_int requests;
  if (!started) return 0;
  const char* const wanted = getenv("FAIL_CALL");
  const char* const number = getenv("FAIL_NUMBER");
  const char* const least = getenv("FAIL_SIZE");
  if (!wanted || !number || !least || strcmp(wanted, "allocation") != 0 || size < strtoul(least, NULL, 10)) return 0;
  if (++requests != atoi(number)) return 0;
  const char* const told = getenv("FAIL_TOLD");
  if (told) close(open(told, O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  return 1;
}

// dlsym() asks for memory itself: these are the C library's own names.
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

void* malloc(size_t size) {
  return refuses(size) ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  return refuses(count * size) ? (errno = ENOMEM, NULL) : __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
  return refuses(size) ? (errno = ENOMEM, NULL) : __libc_realloc(old, size);
}

void* aligned_alloc(size_t alignment, size_t size) {
  return refuses(size) ? (errno = ENOMEM, NULL) : __libc_memalign(alignment, size);
}

int posix_memalign(void** place, size_t alignment, size_t size) {
  void* const memory = refuses(size) ? NULL : __libc_memalign(alignment, size);
  if (memory == NULL) return ENOMEM;
  *place = memory;
  return 0;
}

static int fails(const char* call, const char* path) {
  static atomic_int calls;
  const char* const wanted = getenv("FAIL_CALL");
  const char* const number = getenv("FAIL_NUMBER");
  const char* const below = getenv("FAIL_BELOW");
  if (!wanted || !number || !below || strcmp(call, wanted) != 0 || strncmp(path, below, strlen(below)) != 0) return 0;
  return ++calls == atoi(number);
}

static int fails_on_open_file(const char* call, int descriptor) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  const ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < 0) return 0;
  path[size] = '\0';
  return fails(call, path);
}

ssize_t write(int descriptor, const void* data, size_t size) {
  ssize_t (*real)(int, const void*, size_t) = dlsym(RTLD_NEXT, "write");
  if (fails_on_open_file("write", descriptor)) return errno = ENOSPC, -1;
  return real(descriptor, data, size);
}

int fsync(int descriptor) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  if (fails_on_open_file("fsync", descriptor)) return errno = EIO, -1;
  return real(descriptor);
}

int rename(const char* from, const char* to) {
  int (*real)(const char*, const char*) = dlsym(RTLD_NEXT, "rename");
  if (fails("rename", to)) return errno = EIO, -1;
  return real(from, to);
}
