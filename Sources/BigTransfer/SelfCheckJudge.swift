import BiTModel
import NumericsValidation
import OpenCLBackend

/// The self-check before a device's use, unless an earlier process has passed it.
package struct SelfCheckJudge: KernelSetJudge {
  package let check: SelfCheck
  package var memory: SelfCheckMemory = .standard
  /// Whether an earlier result is taken.
  package var believesMemory = true

  package init(_ check: SelfCheck) { self.check = check }

  package func judge(_ kernels: any Backend, identity: KernelIdentity) async throws {
    if believesMemory, memory.pass(of: identity, check) != nil { return }
    let start = ContinuousClock.now
    if let finding = try await check.firstFault(on: kernels) {
      memory.forget(identity, check)
      throw UntrustedKernels(reason: "the self-check failed: \(finding)")
    }
    memory.remember(
      SelfCheckMemory.Pass(duration: ContinuousClock.now - start), of: identity, check)
  }
}
