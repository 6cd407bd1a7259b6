// The files of Kernels/ as bytes: one row a file, sorted by name.

#include <string.h>

#include "COpenCL.h"

// Zero-terminated here, so that a row needs no second #embed for its length.
static const struct {
  const char *name;
  const unsigned char *text;
} kernel_sources[] = {
  {"add.cl", (const unsigned char[]){
#embed "../../Kernels/add.cl" suffix(, 0)
  }},
  {"add_ref.cl", (const unsigned char[]){
#embed "../../Kernels/add_ref.cl" suffix(, 0)
  }},
  {"conv2d_pointwise.cl", (const unsigned char[]){
#embed "../../Kernels/conv2d_pointwise.cl" suffix(, 0)
  }},
  {"conv2d_ref.cl", (const unsigned char[]){
#embed "../../Kernels/conv2d_ref.cl" suffix(, 0)
  }},
  {"conv2d_tiled.cl", (const unsigned char[]){
#embed "../../Kernels/conv2d_tiled.cl" suffix(, 0)
  }},
  {"conv2d_vector.cl", (const unsigned char[]){
#embed "../../Kernels/conv2d_vector.cl" suffix(, 0)
  }},
  {"conv2d_winograd.cl", (const unsigned char[]){
#embed "../../Kernels/conv2d_winograd.cl" suffix(, 0)
  }},
  {"fill.cl", (const unsigned char[]){
#embed "../../Kernels/fill.cl" suffix(, 0)
  }},
  {"global_avg_pool.cl", (const unsigned char[]){
#embed "../../Kernels/global_avg_pool.cl" suffix(, 0)
  }},
  {"global_avg_pool_ref.cl", (const unsigned char[]){
#embed "../../Kernels/global_avg_pool_ref.cl" suffix(, 0)
  }},
  {"group_norm.cl", (const unsigned char[]){
#embed "../../Kernels/group_norm.cl" suffix(, 0)
  }},
  {"group_norm_ref.cl", (const unsigned char[]){
#embed "../../Kernels/group_norm_ref.cl" suffix(, 0)
  }},
  {"group_norm_statistics.cl", (const unsigned char[]){
#embed "../../Kernels/group_norm_statistics.cl" suffix(, 0)
  }},
  {"linear.cl", (const unsigned char[]){
#embed "../../Kernels/linear.cl" suffix(, 0)
  }},
  {"linear_ref.cl", (const unsigned char[]){
#embed "../../Kernels/linear_ref.cl" suffix(, 0)
  }},
  {"max_pool.cl", (const unsigned char[]){
#embed "../../Kernels/max_pool.cl" suffix(, 0)
  }},
  {"max_pool_ref.cl", (const unsigned char[]){
#embed "../../Kernels/max_pool_ref.cl" suffix(, 0)
  }},
  {"multiply_add.cl", (const unsigned char[]){
#embed "../../Kernels/multiply_add.cl" suffix(, 0)
  }},
  {"network_vector.cl", (const unsigned char[]){
#embed "../../Kernels/network_vector.cl" suffix(, 0)
  }},
  {"prelude.clh", (const unsigned char[]){
#embed "../../Kernels/prelude.clh" suffix(, 0)
  }},
  {"vector_tile.clh", (const unsigned char[]){
#embed "../../Kernels/vector_tile.clh" suffix(, 0)
  }},
  {"weight_standardization.cl", (const unsigned char[]){
#embed "../../Kernels/weight_standardization.cl" suffix(, 0)
  }},
  {"winograd_squares.clh", (const unsigned char[]){
#embed "../../Kernels/winograd_squares.clh" suffix(, 0)
  }},
  {"winograd_weights.cl", (const unsigned char[]){
#embed "../../Kernels/winograd_weights.cl" suffix(, 0)
  }},
  {"zero_pad.cl", (const unsigned char[]){
#embed "../../Kernels/zero_pad.cl" suffix(, 0)
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
