#include "CEmbeddedData.h"

#include <string.h>

// A checkpoint reader may look at the weights in place, so they start on a cache line.
#define EMBEDDED_FILE static const _Alignas(64) uint8_t

EMBEDDED_FILE demo_config[] = {
#embed "../../DemoModel/config.json"
};

EMBEDDED_FILE demo_preprocessor_config[] = {
#embed "../../DemoModel/preprocessor_config.json"
};

EMBEDDED_FILE demo_weights[] = {
#embed "../../DemoModel/model.safetensors"
};

static const uint8_t imagenet_1k[] = {
#embed "../../Labels/imagenet-1k.tsv"
};

static const uint8_t imagenet_21k[] = {
#embed "../../Labels/imagenet-21k.tsv"
};

static const struct {
  const char *name;
  const uint8_t *bytes;
  size_t length;
} files[] = {
  {"DemoModel/config.json", demo_config, sizeof demo_config},
  {"DemoModel/preprocessor_config.json", demo_preprocessor_config, sizeof demo_preprocessor_config},
  {"DemoModel/model.safetensors", demo_weights, sizeof demo_weights},
  {"Labels/imagenet-1k.tsv", imagenet_1k, sizeof imagenet_1k},
  {"Labels/imagenet-21k.tsv", imagenet_21k, sizeof imagenet_21k},
};

const uint8_t *bitcl_embedded_file(const char *name, size_t *length) {
  for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
    if (strcmp(files[i].name, name) == 0) {
      *length = files[i].length;
      return files[i].bytes;
    }
  }
  return NULL;
}
