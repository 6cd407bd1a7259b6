import OpenCLRuntime

/// The parameters of `conv2d_tiled.cl`; the fields are its -D names.
struct TiledConvolutionTuning: Codable, Hashable, Sendable {
  var tileM = 64
  var tileN = 64
  var tileK = 16
  var microM = 4
  var microN = 4

  /// Legal values, from largest to smallest: the first that a device allows is used.
  static let table = [
    TiledConvolutionTuning(),
    TiledConvolutionTuning(tileM: 32, tileN: 32, tileK: 16, microM: 4, microN: 4),
    TiledConvolutionTuning(tileM: 16, tileN: 16, tileK: 16, microM: 4, microN: 4),
    TiledConvolutionTuning(tileM: 8, tileN: 8, tileK: 8, microM: 8, microN: 8),
  ]

  /// Work-items of a group.
  var groupSize: Int { (tileM / microM) * (tileN / microN) }

  /// Bytes of local memory that a group needs.
  var localMemory: Int {
    max((tileM + tileN) * tileK, tileM / microM * tileN) * MemoryLayout<Float>.stride
  }

  func isValid(for limits: DeviceLimits) -> Bool {
    tileM % microM == 0 && tileN % microN == 0 && tileK > 0
      && groupSize <= min(limits.maxWorkGroupSize, limits.maxWorkItemSizes[0])
      && localMemory <= limits.localMemory
  }

  var buildOptions: String {
    "-D TILE_M=\(tileM) -D TILE_N=\(tileN) -D TILE_K=\(tileK)"
      + " -D MICRO_M=\(microM) -D MICRO_N=\(microN)"
  }
}
