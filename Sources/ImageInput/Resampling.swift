#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How pixels are weighed when a picture changes its size. The raw values are those of Pillow's
/// `PIL.Image.Resampling`, which `preprocessor_config.json` uses.
public enum Resampling: Int, Sendable, CaseIterable {
  case nearest = 0
  case lanczos = 1
  case bilinear = 2
  case bicubic = 3
  case box = 4
  case hamming = 5

  /// The distance, in pixels of the coarser picture, at which the kernel becomes zero.
  var support: Double {
    switch self {
    case .nearest: 0
    case .box: 0.5
    case .bilinear, .hamming: 1
    case .bicubic: 2
    case .lanczos: 3
    }
  }

  /// The kernel at a distance from its centre, not normalised.
  func weight(_ distance: Double) -> Double {
    switch self {
    case .nearest: 1
    case .box: distance > -0.5 && distance <= 0.5 ? 1 : 0
    case .bilinear: max(0, 1 - abs(distance))
    case .hamming: Resampling.hamming(abs(distance))
    case .bicubic: Resampling.cubic(abs(distance))
    case .lanczos:
      distance >= -3 && distance < 3
        ? Resampling.sinc(distance) * Resampling.sinc(distance / 3) : 0
    }
  }

  private static func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sin(x * .pi) / (x * .pi)
  }

  /// A sinc under a Hamming window of width 2, whose constants Pillow holds in single precision:
  /// about one sample in a million shows it.
  private static func hamming(_ x: Double) -> Double {
    if x == 0 { return 1 }
    if x >= 1 { return 0 }
    let angle = x * .pi
    return sin(angle) / angle * (Double(Float(0.54)) + Double(Float(0.46)) * cos(angle))
  }

  /// Keys' cubic convolution kernel with a = -1/2 (doi:10.1109/TASSP.1981.1163711), in the
  /// nested form that gives Pillow's rounding.
  private static func cubic(_ x: Double) -> Double {
    let a = -0.5
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
    return 0
  }
}
