// Linked into the program of a bundle, so that it starts where glibc is older than here.

// Swift's Glibc module mentions hypotf, whose newest version (2.35) differs from the first in errno
// only. Hidden: drivers in the same process keep the library's own.
__asm__(".symver first_hypotf, hypotf@GLIBC_2.2.5");
float first_hypotf(float x, float y);

__attribute__((visibility("hidden"))) float hypotf(float x, float y) {
  return first_hypotf(x, y);
}

// glibc has this since 2.32. libstdc++ leaves out atomic operations where it is not zero.
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;
