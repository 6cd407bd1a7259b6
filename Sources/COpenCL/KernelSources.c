// The files of Kernels/ as bytes: one row a file, sorted by name.

#include <string.h>

#include "COpenCL.h"

// Zero-terminated here, so that a row needs no second #embed for its length.
static const struct {
  const char *name;
  const unsigned char *text;
} kernel_sources[] = {
  {"fill.cl", (const unsigned char[]){
#embed "../../Kernels/fill.cl" suffix(, 0)
  }},
  {"prelude.clh", (const unsigned char[]){
#embed "../../Kernels/prelude.clh" suffix(, 0)
  }},
};

static const size_t kernel_count = sizeof kernel_sources / sizeof kernel_sources[0];

const char *bitcl_kernel_source(const char *name, size_t *length) {
  for (size_t i = 0; i < kernel_count; i++) {
    if (strcmp(kernel_sources[i].name, name) == 0) {
      const char *text = (const char *)kernel_sources[i].text;
      *length = strlen(text);
      return text;
    }
  }
  return NULL;
}

const char *bitcl_kernel_name(size_t index) {
  return index < kernel_count ? kernel_sources[index].name : NULL;
}
