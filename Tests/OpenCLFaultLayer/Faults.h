// What the layer is told to do wrong, and when: the variable OPENCL_FAULTS, read once.
//
//   OPENCL_FAULTS = fault[,fault…]
//   fault         = ENTRY@WHEN=ACTION[:VALUE]       clCreateBuffer@3=error:-4
//   WHEN          = N: the N-th call, from 1 | N+: that one and all later ones
//
// ACTION on any entry point
//   error:STATUS   the call is not made, and fails with STATUS
//   delay:SECONDS  the call is made after a pause
//   hang           the call never returns, asleep
//   spin           the call never returns, computing
// ACTION on some
//   corrupt:HOW    clEnqueueReadBuffer: the bytes read are changed: bit (one bit of the middle
//                  float's exponent), nan (the middle float), scale (every float by 1.25); a read of
//                  one word is left alone: it tells how far a launch got, and is no result
//   status:STATUS  clGetEventInfo: the command counts as ended with STATUS; 3 is still queued
//   answer:HOW     clGet…Info: zero, ones (all bits), huge (2^63), empty (no byte), garbage (neither
//                  UTF-8 nor terminated), or a number of bytes of text
//   count:N        clGetPlatformIDs, clGetDeviceIDs: N is the number announced
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum fault_action {
  FAULT_NONE,
  FAULT_ERROR,
  FAULT_DELAY,
  FAULT_HANG,
  FAULT_SPIN,
  FAULT_CORRUPT,
  FAULT_STATUS,
  FAULT_ANSWER,
  FAULT_COUNT,
};

struct fault {
  enum fault_action action;
  // Of the action: its number, and its word.
  double number;
  char word[16];
};

// Reads the variable. What cannot be understood ends the process: a test that injects nothing would
// prove nothing.
void faults_load(void);

// What is to happen at a call, the `index`-th of its entry point, from 1.
struct fault fault_for(const char *entry, unsigned long index);

// Changes what a read gave.
void corrupt_bytes(const struct fault *fault, void *bytes, size_t size);

// Replaces the answer to a clGet…Info call.
void replace_answer(const struct fault *fault, size_t size, void *value, size_t *needed);
