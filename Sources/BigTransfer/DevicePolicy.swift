/// What is asked of devices, and what happens when one fails.
public struct DevicePolicy: Hashable, Sendable {
  /// Whether a device must first compute small networks as the oracle does, with the kernels that it
  /// will use. What passed is remembered in the user's cache for a device, driver and program.
  public var runsSelfCheck = true

  /// Whether a device that is missing or fails is an error, instead of handing its work to the next
  /// one and finally to the built-in CPU backend.
  public var isStrict = false

  /// Every n-th batch is computed a second time by the built-in CPU backend, and results are given
  /// only after a later batch, or their own, was confirmed so; `nil` for never. A device whose
  /// results differ loses its work to the next one, from the last confirmed batch on.
  public var verificationInterval: Int?

  public init() {}
}
