// Every entry point that is used, all of OpenCL 1.2: E(result, name, parameters, arguments) for calls
// that return a status, H(…) for those that return a handle and store the status in `status`.
#pragma once

#define ENTRY_POINTS(E, H)                                                                         \
  E(clGetPlatformIDs, (cl_uint n, cl_platform_id *ids, cl_uint *found), (n, ids, found))           \
  E(clGetPlatformInfo, (cl_platform_id id, cl_platform_info what, size_t size, void *value,        \
                        size_t *needed), (id, what, size, value, needed))                          \
  E(clGetDeviceIDs, (cl_platform_id platform, cl_device_type type, cl_uint n, cl_device_id *ids,   \
                     cl_uint *found), (platform, type, n, ids, found))                             \
  E(clGetDeviceInfo, (cl_device_id id, cl_device_info what, size_t size, void *value,              \
                      size_t *needed), (id, what, size, value, needed))                            \
  H(cl_context, clCreateContext,                                                                   \
    (const cl_context_properties *properties, cl_uint n, const cl_device_id *devices,              \
     void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *user,            \
     cl_int *status), (properties, n, devices, notify, user, status))                              \
  E(clReleaseContext, (cl_context context), (context))                                             \
  H(cl_command_queue, clCreateCommandQueue,                                                        \
    (cl_context context, cl_device_id device, cl_command_queue_properties properties,              \
     cl_int *status), (context, device, properties, status))                                       \
  E(clReleaseCommandQueue, (cl_command_queue queue), (queue))                                      \
  H(cl_mem, clCreateBuffer,                                                                        \
    (cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status),             \
    (context, flags, size, host, status))                                                          \
  H(cl_mem, clCreateSubBuffer,                                                                     \
    (cl_mem buffer, cl_mem_flags flags, cl_buffer_create_type type, const void *info,              \
     cl_int *status), (buffer, flags, type, info, status))                                         \
  E(clReleaseMemObject, (cl_mem memory), (memory))                                                 \
  H(cl_program, clCreateProgramWithSource,                                                         \
    (cl_context context, cl_uint n, const char **sources, const size_t *lengths, cl_int *status),  \
    (context, n, sources, lengths, status))                                                        \
  H(cl_program, clCreateProgramWithBinary,                                                         \
    (cl_context context, cl_uint n, const cl_device_id *devices, const size_t *lengths,            \
     const unsigned char **binaries, cl_int *each, cl_int *status),                                \
    (context, n, devices, lengths, binaries, each, status))                                        \
  E(clBuildProgram, (cl_program program, cl_uint n, const cl_device_id *devices,                   \
                     const char *options, void(CL_CALLBACK *notify)(cl_program, void *),           \
                     void *user), (program, n, devices, options, notify, user))                    \
  E(clGetProgramInfo, (cl_program program, cl_program_info what, size_t size, void *value,         \
                       size_t *needed), (program, what, size, value, needed))                      \
  E(clGetProgramBuildInfo, (cl_program program, cl_device_id device, cl_program_build_info what,   \
                            size_t size, void *value, size_t *needed),                             \
    (program, device, what, size, value, needed))                                                  \
  E(clReleaseProgram, (cl_program program), (program))                                             \
  H(cl_kernel, clCreateKernel, (cl_program program, const char *name, cl_int *status),             \
    (program, name, status))                                                                       \
  E(clCreateKernelsInProgram, (cl_program program, cl_uint n, cl_kernel *kernels, cl_uint *found), \
    (program, n, kernels, found))                                                                  \
  E(clSetKernelArg, (cl_kernel kernel, cl_uint index, size_t size, const void *value),             \
    (kernel, index, size, value))                                                                  \
  E(clGetKernelInfo, (cl_kernel kernel, cl_kernel_info what, size_t size, void *value,             \
                      size_t *needed), (kernel, what, size, value, needed))                        \
  E(clGetKernelWorkGroupInfo, (cl_kernel kernel, cl_device_id device,                              \
                               cl_kernel_work_group_info what, size_t size, void *value,           \
                               size_t *needed), (kernel, device, what, size, value, needed))       \
  E(clReleaseKernel, (cl_kernel kernel), (kernel))                                                 \
  E(clEnqueueReadBuffer, (cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,  \
                          size_t size, void *to, cl_uint n, const cl_event *after,                 \
                          cl_event *event),                                                        \
    (queue, buffer, blocking, offset, size, to, n, after, event))                                  \
  E(clEnqueueWriteBuffer, (cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset, \
                           size_t size, const void *from, cl_uint n, const cl_event *after,        \
                           cl_event *event),                                                       \
    (queue, buffer, blocking, offset, size, from, n, after, event))                                \
  E(clEnqueueCopyBuffer, (cl_command_queue queue, cl_mem from, cl_mem to, size_t from_offset,      \
                          size_t to_offset, size_t size, cl_uint n, const cl_event *after,         \
                          cl_event *event),                                                        \
    (queue, from, to, from_offset, to_offset, size, n, after, event))                              \
  E(clEnqueueFillBuffer, (cl_command_queue queue, cl_mem buffer, const void *pattern,              \
                          size_t pattern_size, size_t offset, size_t size, cl_uint n,              \
                          const cl_event *after, cl_event *event),                                 \
    (queue, buffer, pattern, pattern_size, offset, size, n, after, event))                         \
  E(clEnqueueNDRangeKernel, (cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,         \
                             const size_t *offset, const size_t *global, const size_t *local,      \
                             cl_uint n, const cl_event *after, cl_event *event),                   \
    (queue, kernel, dimensions, offset, global, local, n, after, event))                           \
  E(clEnqueueMarkerWithWaitList, (cl_command_queue queue, cl_uint n, const cl_event *after,        \
                                  cl_event *event), (queue, n, after, event))                      \
  E(clEnqueueBarrierWithWaitList, (cl_command_queue queue, cl_uint n, const cl_event *after,       \
                                   cl_event *event), (queue, n, after, event))                     \
  E(clFlush, (cl_command_queue queue), (queue))                                                    \
  E(clGetEventInfo, (cl_event event, cl_event_info what, size_t size, void *value,                 \
                     size_t *needed), (event, what, size, value, needed))                          \
  E(clGetEventProfilingInfo, (cl_event event, cl_profiling_info what, size_t size, void *value,    \
                              size_t *needed), (event, what, size, value, needed))                 \
  E(clReleaseEvent, (cl_event event), (event))
