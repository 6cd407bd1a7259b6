import BiTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a device is validated with.
public struct ValidationOptions: Sendable {
  /// An image that is ready for the model.
  public struct Image: Sendable {
    public let name: String
    /// [1, H, W, C]
    public let pixels: HostTensor

    public init(name: String, pixels: HostTensor) {
      self.name = name
      self.pixels = pixels
    }
  }

  /// Whole networks besides the small ones of `NetworkSuite`.
  public var networks: [NetworkCase] = []
  /// The model that the images are for.
  public var model: Model?
  public var images: [Image] = []
  /// Changes the inputs of all checks; the same seed gives the same inputs everywhere.
  public var seed: UInt64 = 0
  /// How often results must repeat bit for bit.
  public var repeats = 3
  /// What the whole may take: checks that would not fit are left out, dear ones first.
  public var timeBudget: Duration?
  /// Whether the first check that fails is the last.
  public var failsFast = false
  /// Where processes that validate several devices share what the oracle made of the images.
  public var oracleFolder: URL?
  /// Which kinds of checks to make.
  public var kinds: Set<Check.Kind> = Set(Check.Kind.allCases)

  public init() {}
}
