import BiTModel

/// Looks whether kernels compute what they should before a network is trusted to them.
package protocol KernelSetJudge: Sendable {
  /// - Parameters:
  ///   - kernels: Runs networks with the kernels in question.
  ///   - identity: What the verdict holds for.
  /// - Throws: `UntrustedKernels`, and what the backend throws.
  func judge(_ kernels: any Backend, identity: KernelIdentity) async throws
}

/// Kernels that are not to be used on a device.
package struct UntrustedKernels: Error, Hashable, CustomStringConvertible {
  /// What was wrong, and where.
  package let reason: String
  /// They were not even tried: they take too long to build.
  package let isSlowBuild: Bool

  package init(reason: String, isSlowBuild: Bool = false) {
    self.reason = reason
    self.isSlowBuild = isSlowBuild
  }

  package var description: String { reason }
}

/// The kernels that a backend settled on.
package struct KernelChoice: Hashable, Sendable {
  /// Better ones that were left, and why.
  package struct PassedOver: Hashable, Sendable {
    /// The kernel set's word.
    package let kernels: String
    package let reason: String
    /// They take too long to build, and nothing is known to be wrong with them.
    package let isSlowBuild: Bool
  }

  /// The kernel set's word: `vector8`, `tiled64`, `reference`.
  package let kernels: String
  /// Best first.
  package let passedOver: [PassedOver]
}

/// None of a device's kernel sets can be used.
package struct NoKernelsWork: Error, Hashable, CustomStringConvertible {
  package let device: String
  package let passedOver: [KernelChoice.PassedOver]

  package var description: String {
    let reasons = passedOver.map { "\($0.kernels): \($0.reason)" }
    return "none of the kernels can be used on \(device): \(reasons.joined(separator: "; "))"
  }
}
