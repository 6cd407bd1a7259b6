import BiTModel
import OpenCLRuntime

// Some drivers end long loops early and return wrong numbers without an error
// (`DeviceQuirks.loopIterationLimit`). What would get there is refused, by a bound on the rounds that
// one work-item makes in all loops of a kernel together.

/// Rounds of a loop whose body makes `body` rounds itself; the check that ends it counts as one.
private func loop(_ rounds: Int, _ body: Int = 0) -> Int { rounds * (body + 1) + 1 }

private func shares(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

extension ExecutionPlan.Blueprint {
  /// - Throws: `.knownFault` where a step would loop longer than the device's driver bears.
  func checkLoops(on device: Device) throws(OpenCLError) {
    guard let limit = device.quirks.loopIterationLimit else { return }
    for step in fused.steps {
      let rounds = loopIterations(of: step)
      if rounds > limit {
        let name = step.writes.map { network.nodes[$0].name } ?? "a norm's statistics"
        throw .loopTooLong(name, rounds: rounds, limit: limit, device: device)
      }
    }
  }

  private func loopIterations(of step: FusedNetwork.Step) -> Int {
    let items = kernels.reductionItems
    switch step {
    case .convolution(_, _, _, _, let output):
      return convolutions[output]?.loopIterations ?? 0
    case .moments(let tensor):
      return 2 * loop(tiling(tensor).columns)
    case .coefficients(let norm, _, let tensor):
      let merge = loop(shares(tiling(tensor).tiles, items), loop(norm.channels / norm.groups))
      return 2 * (merge + 2 * loop(items)) + loop(tensors[tensor].pixelStride)
    case .groupNorm(let norm, _, let tensor):
      // The fused kernel has the coefficients already.
      return kernels.fuses
        ? 0 : 2 * loop(tensors[tensor].pixels, loop(norm.channels / norm.groups))
    case .globalAveragePool(let source, _): return loop(tensors[source.tensor].pixels)
    case .linear(let linear, _, _):
      guard kernels.fuses else { return loop(linear.inputFeatures) }
      return loop(shares(linear.inputFeatures, 16 * items)) + loop(1, loop(16)) + loop(items)
    // A window of a few pixels, or none.
    case .maxPool, .zeroPad, .add: return 0
    }
  }
}

extension ConvolutionLaunch {
  fileprivate var loopIterations: Int {
    let (taps, channels) = (convolution.kernel, convolution.inputChannels)
    switch form {
    case .reference: return loop(taps, loop(taps, loop(channels)))
    case .tiled(let tuning): return tuning.loopIterations(depth: taps * taps * channels)
    case .winograd(let tuning, let tile):
      let squares =
        shares(tile.rows, WinogradTransform.outputs)
        * shares(tile.columns, WinogradTransform.outputs)
      let vectors = shares(channels.roundedUp(to: 16), tuning.vector)
      let sweep = loop(WinogradTransform.positions, loop(squares, loop(channels)))
      return loop(squares, loop(vectors, loop(WinogradTransform.positions)))
        + loop(tile.blocksPerGroup, sweep + 2 * loop(squares, loop(16)))
    case .vector(let tuning, let tile, _), .pointwise(let tuning, let tile):
      let pixels = shares(tile.rows * tile.columns, tuning.microPixels)
      let patch = loop(tile.patchBytes / MemoryLayout<Float>.stride)
      // Each pixel's output is asked for once a register tile, in rounds for each tap and channel block.
      let rounds = taps * taps * shares(channels, VectorConvolutionTuning.channelBlock)
      let ahead = loop(rounds) + tuning.microPixels
      let sweep = loop(taps, loop(taps, loop(channels)))
      return patch + loop(tile.blocksPerGroup, loop(pixels, ahead + sweep))
    }
  }
}

extension TiledConvolutionTuning {
  /// Of `conv2d_tiled.cl`, for a product over `depth` taps and channels. Measured on llvmpipe with
  /// tiles of 64: 109 rounds a step, for which this says 124.
  func loopIterations(depth: Int) -> Int {
    // The innermost loop is unrolled if it is short.
    let channels = microN <= 4 ? 0 : loop(microN)
    let product = loop(tileK, 1 + channels + loop(microM, channels))
    let fill = loop(shares(tileM * tileK, groupSize)) + loop(shares(tileN * tileK, groupSize))
    let moments = microN * (2 * loop(microM) + 2 * loop(tileM / microM))
    return loop(shares(depth, tileK), fill + product) + 2 * loop(microM, loop(microN)) + moments
  }
}

extension OpenCLError {
  fileprivate static func loopTooLong(
    _ name: String, rounds: Int, limit: Int, device: Device
  ) -> OpenCLError {
    OpenCLError(
      .knownFault, device: device.label,
      detail: "\(name) loops up to \(rounds) times a work-item, and this driver ends loops after"
        + " \(limit) rounds, with a wrong result")
  }
}
