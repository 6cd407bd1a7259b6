// Files that are part of the program, so that the binary alone works.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Looks up an embedded file by its path in the source tree:
///
/// - `DemoModel/config.json`
/// - `DemoModel/preprocessor_config.json`
/// - `DemoModel/model.safetensors`
/// - `Labels/imagenet-1k.tsv`
/// - `Labels/imagenet-21k.tsv`
///
/// Returns the file's first byte, that of weights aligned to 64 bytes, and its size in `*length`. The bytes are
/// constant and live as long as the process. Returns NULL and leaves `*length` alone for any other
/// name. Safe to call from any thread.
const uint8_t *_Nullable bitcl_embedded_file(const char *name, size_t *length);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif
