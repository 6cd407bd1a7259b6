import BiTModel
import OpenCLRuntime

/// The parameters of `conv2d_vector.cl`; the fields are its -D names.
struct VectorConvolutionTuning: Codable, Hashable, Sendable {
  /// Floats in a register.
  var vector: Int
  /// Pixels of the register tile: with its two vectors of channels each, two weights and one
  /// broadcast pixel, 2 · microPixels + 3 registers.
  var microPixels: Int
  /// Pixels of the smaller register tile, for what the other leaves.
  var restPixels: Int
  /// Whether there may be kernels for `conv2d_winograd.cl`, which take four times the memory; no -D name.
  var transforms = true

  /// AVX-512 has 32 registers, AVX and NEON-like units 16. Measured on one core of a Zen 3, R50x1's
  /// 3x3 layers: 6 pixels 66–74 GFLOP/s, 4 pixels 59–69.
  static let table = [
    VectorConvolutionTuning(vector: 16, microPixels: 14, restPixels: 8),
    VectorConvolutionTuning(vector: 8, microPixels: 6, restPixels: 4),
  ]

  /// Input channels that lie together in a patch.
  static let channelBlock = 16

  /// Output channels that one group standardises: those that share a cache line.
  static let standardizedOutputs = 16

  /// Bytes; less would leave no room for useful patches.
  static let leastLocalMemory = 32 << 10

  var outputBlock: Int { 2 * vector }

  func isValid(for limits: DeviceLimits) -> Bool {
    limits.nativeFloatVectorWidth >= vector && limits.localMemory >= Self.leastLocalMemory
  }

  var buildOptions: String {
    "-D VECTOR=\(vector) -D MICRO_PIXELS=\(microPixels) -D REST_PIXELS=\(restPixels)"
  }

  /// The pixels that the register tiles for some compute: `register_pixels` of `vector_tile.clh`.
  func registerTiles(_ pixels: Int) -> [Int] {
    var tiles = [Int](repeating: microPixels, count: pixels / microPixels)
    let left = pixels % microPixels
    if left == 0 { return tiles }
    if !tiles.isEmpty, microPixels + left <= 2 * restPixels {
      tiles.removeLast()
      return tiles + [restPixels, restPixels]
    }
    return tiles + [left <= restPixels ? restPixels : microPixels]
  }
}
