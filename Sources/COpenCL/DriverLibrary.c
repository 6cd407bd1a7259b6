// Which files OpenCL was loaded from: what a report about a driver has to name.

// Before COpenCL.h: its visibility pragma must not apply to the system's declarations.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "COpenCL.h"

static bool file_of(const void *code, char *path, size_t capacity) {
  Dl_info info;
  if (!code || !dladdr(code, &info) || !info.dli_fname) return false;
  int length = snprintf(path, capacity, "%s", info.dli_fname);
  return length > 0 && (size_t)length < capacity;
}

// Reads memory that may not be there.
static bool read_pointers(const void *from, void **values, size_t count) {
  struct iovec local = {values, count * sizeof *values};
  struct iovec remote = {(void *)from, local.iov_len};
  return process_vm_readv(getpid(), &local, 1, &remote, 1, 0) == (ssize_t)local.iov_len;
}

bool bitcl_driver_library(const void *object, char *path, size_t capacity) {
  // cl_khr_icd: an object begins with the address of its driver's table of functions. A library
  // that is itself the driver need not have one, so nothing here is taken on trust.
  enum { ENTRIES = 12 };
  void *table = NULL, *entries[ENTRIES];
  if (!read_pointers(object, &table, 1) || !table) return false;
  if (!read_pointers(table, entries, ENTRIES)) return false;
  for (size_t i = 0; i < ENTRIES; i++)
    if (file_of(entries[i], path, capacity)) return true;
  return false;
}
