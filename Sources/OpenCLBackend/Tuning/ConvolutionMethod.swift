/// How the vector kernels compute a convolution.
enum ConvolutionMethod: Hashable, Sendable {
  /// `conv2d_vector.cl`
  case direct
  /// `conv2d_pointwise.cl`
  case pointwise
  /// `conv2d_winograd.cl`
  case winograd

  /// Output pixels come in squares of this side.
  var side: Int { self == .winograd ? WinogradTransform.outputs : 1 }

  /// Winograd's where it takes at most this share of the direct form's time: its weights are four times
  /// as large, and the model of the time is not exact.
  private static let gain = 0.9

  /// The form for a convolution.
  ///
  /// It decides the last bits of the result, and so depends on the image's size and the device alone,
  /// never on the batch. What counts is the work of one core for an image that comes alone, and for one among
  /// many, whose weights have arrived: several cores share it much the same in either form.
  ///
  /// Measured on two cores with AVX-512 (Zen 4), 3x3 layers of R50x1, batch 8, share of the peak in
  /// multiply-adds of the direct form:
  ///
  /// | layer | direct | Winograd |
  /// | --- | --- | --- |
  /// | 56x56, 64 channels | 81 % | 227 % |
  /// | 28x28, 128 | 85 % | 266 % |
  /// | 14x14, 256 | 85 % | 245 % |
  /// | 7x7, 512 | 84 % | 147 % |
  ///
  /// With few squares an image the weights' arrival decides: Winograd's form for the last takes as long as the
  /// direct one in a single image, 38 MB at 34 GB/s, and 0.6 as long where three images share them. F(2x2) in place
  /// of F(4x4) took 0.65 ms instead of 0.4 for the second layer, and as long for the third, whose weights then are
  /// 4 MB instead of 9.
  static func best(
    for problem: VectorTileChooser.Problem, by chooser: VectorTileChooser
  ) -> ConvolutionMethod {
    if problem.isPointwise { return .pointwise }
    guard problem.kernel == WinogradTransform.taps, problem.stride == 1, problem.dilation == 1,
      !problem.isDense, chooser.tuning.transforms,
      problem.transformedBytes <= mostTransformedBytes, gains(leastProblem, chooser),
      gains(problem, chooser)
    else { return .direct }
    return .winograd
  }

  /// Of one kernel. 512 channels have 38 MB, R101x3's 768 have 85; R152x4's 1,024 would have 151, and its
  /// 35 such layers would double what the model takes of memory.
  private static let mostTransformedBytes = 96 << 20

  /// A device where this gains nothing does without: the self-check computes it, and so no device takes
  /// a form that was not checked.
  private static let leastProblem = VectorTileChooser.Problem(
    outputHeight: 16, outputWidth: 16, inputStride: 64, outputStride: 64,
    kernel: WinogradTransform.taps, stride: 1, dilation: 1, isDense: false)

  private static func gains(
    _ problem: VectorTileChooser.Problem, _ chooser: VectorTileChooser
  ) -> Bool {
    guard let transformed = cost(.winograd, problem, chooser) else { return false }
    guard let plain = cost(.direct, problem, chooser) else { return true }
    return transformed <= gain * plain
  }

  /// The cycles of an image that comes alone and of one among many.
  private static func cost(
    _ method: ConvolutionMethod, _ problem: VectorTileChooser.Problem, _ chooser: VectorTileChooser
  ) -> Double? {
    var chooser = chooser
    chooser.computeUnits = 1
    chooser.method = method
    let alone = chooser.bestRectangle(problem)
    chooser.weightsArrived = true
    guard let alone, let among = chooser.bestRectangle(problem) else { return nil }
    return alone.cost + among.cost
  }
}

extension VectorTileChooser.Problem {
  fileprivate var transformedBytes: Int {
    WinogradTransform.positions * inputStride * outputStride * MemoryLayout<Float>.stride
  }
}
