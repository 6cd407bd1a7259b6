import BiTModel
import NumericsValidation
import OpenCLBackend
import OpenCLRuntime
import TestSupport
import Testing

/// On a driver that ends long loops early: what is computed is right, what would not be is refused.
@Suite(.enabled(if: OpenCLUnderTest.endsLoopsEarly, "the device's loops run to their end"))
struct LoopLimitTests {
  @Test("a convolution is right or refused, however deep", arguments: OpenCLUnderTest.kernelSets)
  func depth(kernelSet: String) async throws {
    let backend = try OpenCLUnderTest.backend(kernelSet: kernelSet)
    var computed = 0
    var refused = 0
    // 66,000 channels are too many even for one round each.
    for channels in [256, 512, 600, 2304, 4608, 6000, 7000, 8000, 8448, 9216, 66_000] {
      var network = Network(inputChannels: channels)
      _ = network.append(
        "deep",
        .convolution(
          Convolution(
            inputChannels: channels, outputChannels: 5, kernel: 1, padding: .symmetric(0),
            standardizationEpsilon: 1e-8, path: "deep")), 0)
      let shape = TensorShape(batch: 1, height: 2, width: 2, channels: channels)
      let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
      do {
        let comparison = try await NetworkComparison(
          network, weights: RandomWeights(), input: HostTensor(shape: shape, elements: pixels),
          backend: backend)
        for row in comparison.rows { #expect(row.passed, "\(channels) channels: \(row)") }
        computed += 1
      } catch let error as OpenCLError where error.kind == .knownFault {
        refused += 1
      }
    }
    #expect(computed > 1 && refused > 0)
  }
}

extension OpenCLUnderTest {
  static var endsLoopsEarly: Bool {
    (try? device().quirks.loopIterationLimit) != nil
  }
}
