import Foundation
import OpenCLBackend
import TestSupport
import Testing

/// Kernels that are slow to build, or were so while the machine was busy.
struct RungMemoryTests {
  @Test("a slow build is believed for an hour, a second one for a week, and a fast one ends that")
  func lifetimes() async throws {
    try await withTemporaryDirectory { folder in
      let memory = RungMemory(environment: ["XDG_CACHE_HOME": folder.path])
      let kernels = KernelIdentity(text: "device, driver, kernels")
      let start = Date()
      #expect(memory.slowBuild(of: kernels, now: start) == nil)
      memory.remember(slowBuildOf: kernels, now: start)
      #expect(memory.slowBuild(of: kernels, now: start + 3500) != nil)
      #expect(memory.slowBuild(of: kernels, now: start + 3700) == nil)
      #expect(memory.slowBuild(of: KernelIdentity(text: "others"), now: start) == nil)
      memory.remember(slowBuildOf: kernels, now: start + 3700)
      #expect(memory.slowBuild(of: kernels, now: start + 6 * 86_400) != nil)
      #expect(memory.slowBuild(of: kernels, now: start + 8 * 86_400) == nil)
      memory.forget(kernels)
      #expect(memory.slowBuild(of: kernels, now: start + 3800) == nil)
    }
  }
}
