// An OpenCL layer that counts and that injects faults, for loaders that load layers: ocl-icd from
// 2.3.0 on, Khronos' loader with layers enabled. OPENCL_LAYERS names the built library.
//
// Every entry point that the program uses is wrapped, by the program's own list; the others pass.

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CL_TARGET_OPENCL_VERSION 300
#include <CL/cl_layer.h>

#include "../../Sources/COpenCL/EntryPoints.h"
#include "Faults.h"
#include "Ledger.h"

#define STATUS_INDEX(name, parameters, arguments) INDEX_##name,
#define HANDLE_INDEX(type, name, parameters, arguments) INDEX_##name,
enum { ENTRY_POINTS(STATUS_INDEX, HANDLE_INDEX) INDEX_COUNT };

#define STATUS_NAME(name, parameters, arguments) #name,
#define HANDLE_NAME(type, name, parameters, arguments) #name,
static const char *const entry_names[] = {ENTRY_POINTS(STATUS_NAME, HANDLE_NAME)};

static const cl_icd_dispatch *target;
static cl_icd_dispatch layer;

// Counts the call and does what comes before it.
static struct fault enter(int index) {
  struct fault fault = fault_for(entry_names[index], ledger_call(index));
  if (fault.action == FAULT_HANG) {
    for (;;) pause();
  }
  if (fault.action == FAULT_SPIN) {
    for (volatile unsigned long turns = 0;; turns++) {}
  }
  if (fault.action == FAULT_DELAY) {
    struct timespec left = {.tv_sec = (time_t)fault.number};
    left.tv_nsec = (long)((fault.number - (double)left.tv_sec) * 1e9);
    while (nanosleep(&left, &left) != 0) {}
  }
  return fault;
}

static void keep_event(cl_event *event) {
  if (event && *event) ledger_object(LEDGER_EVENT, 1);
}

static void announce(const struct fault *fault, cl_uint *found) {
  if (fault->action == FAULT_COUNT && found) *found = (cl_uint)fault->number;
}

static void end_command(const struct fault *fault, cl_event_info what, void *value) {
  if (fault->action != FAULT_STATUS || what != CL_EVENT_COMMAND_EXECUTION_STATUS || !value) return;
  *(cl_int *)value = (cl_int)fault->number;
}

// What a call that succeeded changes, in terms of its parameters in EntryPoints.h.
#define DONE_clGetPlatformIDs announce(&fault, found);
#define DONE_clGetPlatformInfo replace_answer(&fault, size, value, needed);
#define DONE_clGetDeviceIDs announce(&fault, found);
#define DONE_clGetDeviceInfo replace_answer(&fault, size, value, needed);
#define DONE_clCreateContext ledger_object(LEDGER_CONTEXT, 1);
#define DONE_clReleaseContext ledger_object(LEDGER_CONTEXT, -1);
#define DONE_clCreateCommandQueue ledger_object(LEDGER_QUEUE, 1);
#define DONE_clReleaseCommandQueue ledger_object(LEDGER_QUEUE, -1);
#define DONE_clCreateBuffer                                                                        \
  ledger_object(LEDGER_MEMORY, 1);                                                                 \
  if (flags & CL_MEM_COPY_HOST_PTR) ledger_bytes(LEDGER_WRITTEN, size);
#define DONE_clCreateSubBuffer ledger_object(LEDGER_MEMORY, 1);
#define DONE_clReleaseMemObject ledger_object(LEDGER_MEMORY, -1);
#define DONE_clCreateProgramWithSource ledger_object(LEDGER_PROGRAM, 1);
#define DONE_clCreateProgramWithBinary ledger_object(LEDGER_PROGRAM, 1);
#define DONE_clBuildProgram
#define DONE_clGetProgramInfo replace_answer(&fault, size, value, needed);
#define DONE_clGetProgramBuildInfo replace_answer(&fault, size, value, needed);
#define DONE_clReleaseProgram ledger_object(LEDGER_PROGRAM, -1);
#define DONE_clCreateKernel ledger_object(LEDGER_KERNEL, 1);
#define DONE_clCreateKernelsInProgram                                                              \
  if (kernels) ledger_object(LEDGER_KERNEL, n);
#define DONE_clSetKernelArg
#define DONE_clGetKernelInfo replace_answer(&fault, size, value, needed);
#define DONE_clGetKernelWorkGroupInfo replace_answer(&fault, size, value, needed);
#define DONE_clReleaseKernel ledger_object(LEDGER_KERNEL, -1);
#define DONE_clEnqueueReadBuffer                                                                   \
  keep_event(event);                                                                               \
  ledger_bytes(LEDGER_READ, size);                                                                 \
  if (fault.action == FAULT_CORRUPT && target->clFinish(queue) == CL_SUCCESS)                      \
    corrupt_bytes(&fault, to, size);
#define DONE_clEnqueueWriteBuffer                                                                  \
  keep_event(event);                                                                               \
  ledger_bytes(LEDGER_WRITTEN, size);
#define DONE_clEnqueueCopyBuffer                                                                   \
  keep_event(event);                                                                               \
  ledger_bytes(LEDGER_COPIED, size);
#define DONE_clEnqueueFillBuffer keep_event(event);
#define DONE_clEnqueueNDRangeKernel keep_event(event);
#define DONE_clEnqueueMarkerWithWaitList keep_event(event);
#define DONE_clEnqueueBarrierWithWaitList keep_event(event);
#define DONE_clFlush
#define DONE_clGetEventInfo                                                                        \
  replace_answer(&fault, size, value, needed);                                                     \
  end_command(&fault, what, value);
#define DONE_clGetEventProfilingInfo replace_answer(&fault, size, value, needed);
#define DONE_clReleaseEvent ledger_object(LEDGER_EVENT, -1);

#define WRAP_STATUS(name, parameters, arguments)                                                   \
  static cl_int CL_API_CALL layer_##name parameters {                                              \
    struct fault fault = enter(INDEX_##name);                                                      \
    if (fault.action == FAULT_ERROR) return (cl_int)fault.number;                                  \
    cl_int result = target->name arguments;                                                        \
    if (result == CL_SUCCESS) { DONE_##name }                                                      \
    return result;                                                                                 \
  }
#define WRAP_HANDLE(type, name, parameters, arguments)                                             \
  static type CL_API_CALL layer_##name parameters {                                                \
    struct fault fault = enter(INDEX_##name);                                                      \
    if (fault.action == FAULT_ERROR) {                                                             \
      if (status) *status = (cl_int)fault.number;                                                  \
      return NULL;                                                                                 \
    }                                                                                              \
    type result = target->name arguments;                                                          \
    if (result) { DONE_##name }                                                                    \
    return result;                                                                                 \
  }
ENTRY_POINTS(WRAP_STATUS, WRAP_HANDLE)

static void install(void) {
  faults_load();
  ledger_open(entry_names, INDEX_COUNT);
}

__attribute__((visibility("default"))) CL_API_ENTRY cl_int CL_API_CALL
clGetLayerInfo(cl_layer_info what, size_t size, void *value, size_t *needed) {
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  static const char name[] = "fault injection";
  const void *answer = what == CL_LAYER_API_VERSION ? (const void *)&version : name;
  size_t length = what == CL_LAYER_API_VERSION ? sizeof version : sizeof name;
  if (what != CL_LAYER_API_VERSION && what != CL_LAYER_NAME) return CL_INVALID_VALUE;
  if (value && size < length) return CL_INVALID_VALUE;
  if (value) memcpy(value, answer, length);
  if (needed) *needed = length;
  return CL_SUCCESS;
}

__attribute__((visibility("default"))) CL_API_ENTRY cl_int CL_API_CALL
clInitLayer(cl_uint count, const cl_icd_dispatch *below, cl_uint *count_ret,
            const cl_icd_dispatch **dispatch) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  const size_t members = sizeof layer / sizeof(void *);
  if (!below || !count_ret || !dispatch || count < members) return CL_INVALID_VALUE;
  target = below;
  layer = *below;
#define INSTALL_STATUS(name, parameters, arguments) layer.name = layer_##name;
#define INSTALL_HANDLE(type, name, parameters, arguments) layer.name = layer_##name;
  ENTRY_POINTS(INSTALL_STATUS, INSTALL_HANDLE)
  pthread_once(&once, install);
  *count_ret = (cl_uint)members;
  *dispatch = &layer;
  return CL_SUCCESS;
}
