// Defines each OpenCL entry point as a call through a table that bitcl_opencl_open fills.

// Before COpenCL.h: its visibility pragma must not apply to the system's declarations.
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "CallWatch.h"
#include "COpenCL.h"
#include "EntryPoints.h"

#define STATUS_MEMBER(name, parameters, arguments) cl_int(CL_API_CALL *name) parameters;
#define HANDLE_MEMBER(type, name, parameters, arguments) type(CL_API_CALL *name) parameters;

static struct {
  void *library;
  ENTRY_POINTS(STATUS_MEMBER, HANDLE_MEMBER)
} table;

// Whether an entry point gives something back. The compiler knows the answer.
#define RELEASES(name) (strncmp(#name, "clRelease", 9) == 0)

#define FORWARD_STATUS(name, parameters, arguments)                                                \
  cl_int CL_API_CALL name parameters {                                                             \
    if (!table.name) return BITCL_LIBRARY_NOT_OPEN;                                                \
    struct bitcl_call_watch *watch = bitcl_thread_watch;                                           \
    if (!call_begins(watch, #name, RELEASES(name))) return BITCL_DEVICE_GIVEN_UP;                  \
    cl_int result = table.name arguments;                                                          \
    call_ended(watch);                                                                             \
    return result;                                                                                 \
  }
#define FORWARD_HANDLE(type, name, parameters, arguments)                                          \
  type CL_API_CALL name parameters {                                                               \
    struct bitcl_call_watch *watch = bitcl_thread_watch;                                           \
    cl_int refusal = !table.name                          ? BITCL_LIBRARY_NOT_OPEN                 \
                     : !call_begins(watch, #name, false) ? BITCL_DEVICE_GIVEN_UP                   \
                                                          : CL_SUCCESS;                            \
    if (refusal != CL_SUCCESS) {                                                                   \
      if (status) *status = refusal;                                                               \
      return NULL;                                                                                 \
    }                                                                                              \
    type result = table.name arguments;                                                            \
    call_ended(watch);                                                                             \
    return result;                                                                                 \
  }

ENTRY_POINTS(FORWARD_STATUS, FORWARD_HANDLE)

static void *open_library(const char *path, char *message, size_t capacity) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(message, capacity, "%s", reason ? reason : "unknown reason");
  }
  return library;
}

bool bitcl_opencl_open(const char *path, bool adopt, char *message, size_t capacity) {
  void *library = open_library(path, message, capacity);
  if (!library) return false;

  typeof(table) found = {.library = library};
  const char *missing = NULL;
// A pointer from dlsym is copied by its bytes: ISO C has no conversion to a function pointer.
#define RESOLVE(name)                                                                              \
  {                                                                                                \
    void *symbol = dlsym(library, #name);                                                          \
    if (!symbol && !missing) missing = #name;                                                      \
    memcpy(&found.name, &symbol, sizeof symbol);                                                   \
  }
#define RESOLVE_STATUS(name, parameters, arguments) RESOLVE(name)
#define RESOLVE_HANDLE(type, name, parameters, arguments) RESOLVE(name)
  ENTRY_POINTS(RESOLVE_STATUS, RESOLVE_HANDLE)

  if (missing) snprintf(message, capacity, "%s: lacks %s of OpenCL 1.2", path, missing);
  if (missing || !adopt) {
    dlclose(library);
    return !missing;
  }
  table = found;
  return true;
}

bool bitcl_library_loads(const char *path, char *message, size_t capacity) {
  void *library = open_library(path, message, capacity);
  if (library) dlclose(library);
  return library != NULL;
}
