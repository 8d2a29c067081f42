// A library to be loaded before a program (LD_PRELOAD) that lets one of its calls fail: the FAIL_NUMBER-th FAIL_CALL
// (write, fsync or rename) on a file whose path begins with FAIL_BELOW. The disk is full, says write; the others that
// it is broken.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
