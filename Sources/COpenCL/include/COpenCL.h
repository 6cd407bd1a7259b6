// The OpenCL API as Khronos declares it, forwarded to a library that is opened at run time, and the
// kernel sources as bytes. There is no policy here: which library to try is decided in Swift.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Hidden, so that a real libOpenCL in the same process never binds its own calls to ours.
#pragma GCC visibility push(hidden)

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

// CL_DEVICE_TYPE_ALL, which Swift cannot import: every bit that 1.2 names.
#define CL_DEVICE_TYPE_ALL_BITS 0xFFFFFFFFu

// What every call answers until a library has been opened. Khronos' and the vendors' codes end
// at -1xxx; this one is outside of them.
#define BITCL_LIBRARY_NOT_OPEN (-90001)
// What a call answers, instead of being made, on a thread whose watch was revoked.
#define BITCL_DEVICE_GIVEN_UP (-90002)

// Reported by the ICD loader (cl_khr_icd) when no platform is installed.
#define BITCL_PLATFORM_NOT_FOUND (-1001)

// Opens the library at `path` (a file name is searched for as dlopen does) and resolves every entry
// point that is used. With `adopt`, calls go to it from then on; without, it is closed again.
// On failure returns false, changes nothing, and writes the reason into `message`.
bool bitcl_opencl_open(const char *path, bool adopt, char *message, size_t capacity);

// Opens and closes the library at `path`: says whether the dynamic linker can load it, and if it
// cannot, why.
bool bitcl_library_loads(const char *path, char *message, size_t capacity);

// Writes the path of the library behind a device or platform into `path`; false where it cannot be
// told.
bool bitcl_driver_library(const void *object, char *path, size_t capacity);

// The calls of one thread, for another one to look at: any call may never return.
typedef struct bitcl_call_watch bitcl_call_watch;

// NULL without memory.
bitcl_call_watch *bitcl_call_watch_create(void);
void bitcl_call_watch_destroy(bitcl_call_watch *watch);

// Shows the calling thread's calls to `watch`, or to nobody if it is NULL; returns what saw them
// before.
bitcl_call_watch *bitcl_call_watch_attach(bitcl_call_watch *watch);

// The entry point that is being called, or NULL between calls. `count` receives the number of calls
// begun so far.
const char *bitcl_call_watch_look(bitcl_call_watch *watch, uint64_t *count);

// No further call is made on the thread: they return BITCL_DEVICE_GIVEN_UP. Calls that release
// something are still made, unless `releases` is set.
void bitcl_call_watch_revoke(bitcl_call_watch *watch, bool releases);

// The embedded file `Kernels/<name>`, or NULL. It is not terminated; `length` receives its size.
const char *bitcl_kernel_source(const char *name, size_t *length);

// The name of the embedded file at `index`, or NULL past the last.
const char *bitcl_kernel_name(size_t index);

#pragma GCC visibility pop
