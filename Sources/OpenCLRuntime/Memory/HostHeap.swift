#if canImport(Glibc)
  import Glibc
#endif

/// The process's own heap.
package enum HostHeap {
  /// Gives what was freed back to the system. To be called when much was, and as much won't soon be wanted again.
  ///
  /// With each large block that is freed, glibc raises the size from which a block is the system's again at once,
  /// up to 32 MB (mallopt(3), M_MMAP_THRESHOLD), and so keeps what weights were read into. R50x1's peak at 448 pixels
  /// on PoCL, all threads on one heap: 351 MB instead of 366.
  package static func giveBack() {
    #if canImport(Glibc)
      // Declared in malloc.h, which the module leaves out.
      guard let trim = dlsym(nil, "malloc_trim") else { return }
      _ = unsafeBitCast(trim, to: (@convention(c) (Int) -> CInt).self)(0)
    #endif
  }
}
