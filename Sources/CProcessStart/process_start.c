#include "CProcessStart.h"

#include <stddef.h>
#include <sys/auxv.h>

static int count;
static char **arguments;

// glibc passes constructors what it passes to main.
__attribute__((constructor)) static void keep_arguments(int argc, char **argv) {
  count = argc;
  arguments = argv;
}

const char *bitcl_argument(int index) {
  return index >= 0 && index < count ? arguments[index] : NULL;
}

const char *bitcl_executable_path(void) { return (const char *)getauxval(AT_EXECFN); }
