// What the kernel gave this process when it was started. Swift asks /proc for it, which a bare file
// system lacks.

#ifndef BITCL_PROCESS_START_H
#define BITCL_PROCESS_START_H

#pragma GCC visibility push(hidden)

// The argument at `index`, the program's name first; NULL past the last.
const char *bitcl_argument(int index);

// The path that the program was started by; NULL where the system does not say.
const char *bitcl_executable_path(void);

#pragma GCC visibility pop

#endif
