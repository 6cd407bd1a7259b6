// What the program did with OpenCL: calls of each entry point, references to objects that it still
// holds, and bytes moved.
//
// The ledger is a text file of fixed width that is mapped into memory and changed in place: whatever
// ends the process, even SIGKILL, leaves it complete. The variable OPENCL_FAULTS_LEDGER names the
// file; without it the ledger is kept in memory alone. A line is `group name number`:
//
//   calls clCreateBuffer 000000000012
//   live memory          000000000000
//   made memory          000000000012
//   bytes written        000000004096
#pragma once

enum ledger_object {
  LEDGER_CONTEXT,
  LEDGER_QUEUE,
  LEDGER_MEMORY,
  LEDGER_PROGRAM,
  LEDGER_KERNEL,
  LEDGER_EVENT,
  LEDGER_OBJECTS,
};

enum ledger_direction { LEDGER_WRITTEN, LEDGER_READ, LEDGER_COPIED, LEDGER_DIRECTIONS };

// Lays the ledger out.
void ledger_open(const char *const *entries, int count);

// Counts a call; returns which of its entry point it is, from 1.
unsigned long ledger_call(int entry);

// Counts references taken (or, if negative, given back).
void ledger_object(enum ledger_object object, long references);

void ledger_bytes(enum ledger_direction direction, unsigned long bytes);
