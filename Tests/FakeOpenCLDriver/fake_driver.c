// An OpenCL driver with one platform and one device that fails as it is told to when it is built:
// -DFAULT=... names one of the faults below. It computes nothing.

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>
#include <CL/cl_icd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  ABORT_WHEN_LOADED = 1,  // before the loader has asked anything
  ABORT_WHEN_LISTING,     // in clGetDeviceIDs
  HANG_WHEN_LISTING,      // in clGetDeviceIDs, without using the processor
  CRASH_WHEN_LISTING,     // in clGetDeviceIDs, by an access to memory
  HANG_WHEN_BUILDING,     // in clCreateContext and clBuildProgram
  PRINT_AND_EXIT,         // in clCreateContext, after much text on stdout, some of it like ours
  GARBAGE,                // answers that no device can have
  OLD,                    // OpenCL 1.1
};

#ifndef FAULT
#error "say -DFAULT=..."
#endif

struct _cl_platform_id { cl_icd_dispatch *dispatch; };
struct _cl_device_id { cl_icd_dispatch *dispatch; };

static cl_icd_dispatch table;
static struct _cl_platform_id platform = {&table};
static struct _cl_device_id device = {&table};

static void hang(void) {
  for (;;) pause();
}

static cl_int answer(const void *value, size_t length, size_t size, void *out, size_t *needed) {
  if (needed) *needed = FAULT == GARBAGE ? (size_t)-1 : length;
  if (!out) return CL_SUCCESS;
  if (size < length) return CL_INVALID_VALUE;
  memcpy(out, value, length);
  return CL_SUCCESS;
}

static cl_int answer_text(const char *text, size_t size, void *out, size_t *needed) {
  return answer(text, strlen(text) + 1, size, out, needed);
}

static cl_int CL_API_CALL platform_info(
    cl_platform_id id, cl_platform_info what, size_t size, void *out, size_t *needed) {
  (void)id;
  switch (what) {
    case CL_PLATFORM_NAME: return answer_text("Fake <platform>", size, out, needed);
    case CL_PLATFORM_VENDOR: return answer_text("Fake & sons", size, out, needed);
    case CL_PLATFORM_VERSION:
      return answer_text(FAULT == OLD ? "OpenCL 1.1 fake" : "OpenCL 1.2 fake", size, out, needed);
    case CL_PLATFORM_PROFILE: return answer_text("FULL_PROFILE", size, out, needed);
    case CL_PLATFORM_EXTENSIONS: return answer_text("cl_khr_icd", size, out, needed);
    case CL_PLATFORM_ICD_SUFFIX_KHR: return answer_text("FAKE", size, out, needed);
    default: return CL_INVALID_VALUE;
  }
}

static cl_int CL_API_CALL device_ids(
    cl_platform_id id, cl_device_type type, cl_uint capacity, cl_device_id *out, cl_uint *count) {
  (void)id, (void)type;
  if (FAULT == ABORT_WHEN_LISTING) {
    fputs("fake driver: assertion failed: <device> & friends\n", stderr);
    abort();
  }
  if (FAULT == CRASH_WHEN_LISTING) *(volatile int *)16 = 1;
  if (FAULT == HANG_WHEN_LISTING) hang();
  if (count) *count = 1;
  if (out && capacity > 0) *out = &device;
  return CL_SUCCESS;
}

static cl_int CL_API_CALL device_info(
    cl_device_id id, cl_device_info what, size_t size, void *out, size_t *needed) {
  (void)id;
  const cl_ulong sizes[3] = {64, 64, 64};
  cl_ulong number = 1;
  switch (what) {
    case CL_DEVICE_NAME: return answer_text("Fake <device>", size, out, needed);
    case CL_DEVICE_VENDOR: return answer_text("Fake & sons", size, out, needed);
    case CL_DEVICE_VERSION:
      return answer_text(FAULT == OLD ? "OpenCL 1.1 fake" : "OpenCL 1.2 fake", size, out, needed);
    case CL_DRIVER_VERSION: return answer_text("0.1", size, out, needed);
    case CL_DEVICE_OPENCL_C_VERSION: return answer_text("OpenCL C 1.2", size, out, needed);
    case CL_DEVICE_EXTENSIONS: return answer_text("", size, out, needed);
    case CL_DEVICE_PLATFORM: {
      cl_platform_id owner = &platform;
      return answer(&owner, sizeof owner, size, out, needed);
    }
    case CL_DEVICE_MAX_WORK_ITEM_SIZES: return answer(sizes, sizeof sizes, size, out, needed);
    case CL_DEVICE_TYPE: number = CL_DEVICE_TYPE_GPU; break;
    case CL_DEVICE_GLOBAL_MEM_SIZE: number = 1ul << 32; break;
    case CL_DEVICE_MAX_MEM_ALLOC_SIZE: number = 1ul << 30; break;
    case CL_DEVICE_LOCAL_MEM_SIZE: number = 1ul << 15; break;
    case CL_DEVICE_MAX_WORK_GROUP_SIZE: number = 64; break;
    case CL_DEVICE_MEM_BASE_ADDR_ALIGN: number = 1024; break;
    default: break;
  }
  // Every other answer is a number of 4 or 8 bytes; on a little-endian machine either fits.
  return answer(&number, out && size < sizeof number ? size : sizeof number, size, out, needed);
}

static cl_context CL_API_CALL create_context(
    const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
    void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data,
    cl_int *status) {
  (void)properties, (void)count, (void)devices, (void)notify, (void)data;
  if (FAULT == HANG_WHEN_BUILDING) hang();
  if (FAULT == PRINT_AND_EXIT) {
    for (int line = 0; line < 100000; line++) puts("{\"event\":\"completed\"}");
    puts("last words of the fake driver");
    fflush(stdout);
    _exit(42);
  }
  if (status) *status = CL_OUT_OF_RESOURCES;
  return NULL;
}

CL_API_ENTRY cl_int CL_API_CALL clIcdGetPlatformIDsKHR(
    cl_uint capacity, cl_platform_id *out, cl_uint *count) {
  table.clGetPlatformInfo = platform_info;
  table.clGetDeviceIDs = device_ids;
  table.clGetDeviceInfo = device_info;
  table.clCreateContext = create_context;
  if (count) *count = 1;
  if (out && capacity > 0) *out = &platform;
  return CL_SUCCESS;
}

CL_API_ENTRY void *CL_API_CALL clGetExtensionFunctionAddress(const char *name) {
  if (!strcmp(name, "clIcdGetPlatformIDsKHR")) return (void *)clIcdGetPlatformIDsKHR;
  if (!strcmp(name, "clGetPlatformInfo")) return (void *)platform_info;
  return NULL;
}

__attribute__((constructor)) static void loaded(void) {
  if (FAULT == ABORT_WHEN_LOADED) abort();
}
