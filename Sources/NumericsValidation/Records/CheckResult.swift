/// What a check found.
public struct CheckResult: Hashable, Sendable, Codable {
  /// A fault, as narrowly as it could be located.
  public struct Fault: Hashable, Sendable, Codable {
    /// The first layer that is wrong.
    public let layer: String
    /// The layer after which all was still right, where several layers were computed without any
    /// of their results being kept: the fault lies behind it, up to and including `layer`.
    public let after: String?
    /// The kernel that wrote `layer`, with its tile parameters.
    public let kernel: String?
    /// One sentence.
    public let summary: String
  }

  public let check: Check
  /// A row per tensor that was compared, in the network's order.
  public let tensors: [TensorResult]
  /// A row per image, for checks of kind `images`.
  public let images: [ImageResult]
  /// Where the results go wrong first; `nil` where nothing is wrong or it is not a matter of places.
  public let fault: Fault?
  /// What the backend threw, if it did.
  public let error: String?
  public let seconds: Double
  public let passed: Bool

  public init(
    _ check: Check, tensors: [TensorResult] = [], images: [ImageResult] = [], fault: Fault? = nil,
    error: String? = nil, seconds: Double
  ) {
    self.check = check
    self.tensors = tensors
    self.images = images
    self.fault = fault
    self.error = error
    self.seconds = seconds
    passed = error == nil && fault == nil && tensors.allSatisfy(\.passed)
  }
}

extension CheckResult {
  /// The tensor that uses up most of its limit.
  public var worstTensor: TensorResult? {
    tensors.max { $0.fractionOfAllowed < $1.fractionOfAllowed }
  }
}
