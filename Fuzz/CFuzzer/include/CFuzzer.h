// libFuzzer's own mutations, for mutators that add something to them.
#pragma once

#include <stddef.h>
#include <stdint.h>

// Changes `data` somehow; returns its new size, at most `capacity`. In libFuzzer's runtime.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);
