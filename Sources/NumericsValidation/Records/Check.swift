/// One thing that is examined on a device: what a validation begins, finishes or leaves out.
public struct Check: Hashable, Sendable, Codable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// The device's kernels are chosen, built and probed.
    case preparation
    /// One case of the operation suite.
    case operation
    /// A whole network with every layer's output kept, each layer judged on what the device itself
    /// gave it to read.
    case layers
    /// A whole network as users run it: fused, only its results kept.
    case network
    /// The same bits again, over runs, batches and places in a batch.
    case repeatability
    /// Images that the user gave, classified on the device and by the oracle.
    case images
  }

  public let kind: Kind
  /// What the check is about, for the row of a table: the operation's family, such as
  /// `convolution`, or the network's name.
  public let group: String
  /// Unique among a validation's checks of its kind.
  public let name: String

  public init(_ kind: Kind, group: String, name: String) {
    self.kind = kind
    self.group = group
    self.name = name
  }

  public var description: String {
    name == group ? "\(kind.rawValue) \(name)" : "\(kind.rawValue) \(group): \(name)"
  }
}
