import BiTModel
import Foundation
import NumericsValidation
import OpenCLBackend
import OpenCLRuntime
import ReferenceBackend
import Testing

/// The kernels on Oclgrind, a simulator that reports data races and accesses out of bounds to a log;
/// Scripts/oclgrind reads that log and fails if there is anything.
///
/// The simulator is slow and not made for concurrent use: small shapes, one test at a time. Its
/// check for uninitialised memory is left out: version 21.10 crashes on these kernels with it.
@Suite(
  .serialized,
  .enabled(if: Simulator.isWanted, "these run under Oclgrind: Scripts/test does so at its end"))
struct OclgrindTests {
  @Test("a planted race is there to be reported")
  func plantedRace() throws {
    let device = try Simulator.device()
    let context = try Context(device: device)
    let queue = try CommandQueue(context: context)
    let source = ProgramSource(
      name: "race.cl",
      text: """
        kernel void race(global int *y, local int *shared) {
          shared[0] = get_local_id(0);
          y[get_local_id(0)] = shared[0];
        }
        """)
    let kernel = try Program(source, in: context).makeKernel("race")
    let buffer = try DeviceBuffer(in: context, byteCount: 32)
    try kernel.setArgument(0, buffer)
    try kernel.setLocalMemory(1, byteCount: 4)
    try queue.launch(kernel, global: WorkSize(8), local: WorkSize(8))
    try queue.finish()
  }

  @Test("operations on small shapes match the reference", arguments: Simulator.kernelSets)
  func operations(kernelSet: String) async throws {
    let backend = OpenCLBackend(device: try Simulator.device(), kernelSet: kernelSet)
    let cases = OperationSuite.cases.filter(\.isSmall).enumerated()
      .filter { $0.offset.isMultiple(of: Simulator.stride) }.map(\.element)
    #expect(cases.count > 10)
    for operation in cases {
      for row in try await OperationSuite.compare(operation, on: backend) {
        #expect(row.passed, "\(operation): \(row)")
      }
    }
  }

  @Test(
    "the form for large 3x3 convolutions matches the reference", arguments: Simulator.vectorSets)
  func largeConvolutions(kernelSet: String) async throws {
    let backend = OpenCLBackend(device: try Simulator.device(), kernelSet: kernelSet)
    let operation = try #require(OperationSuite.largeConvolutionCases.last)
    let rows = try await OperationSuite.compare(operation, on: backend)
    for row in rows { #expect(row.passed, "\(operation): \(row)") }
    #expect(rows.contains { $0.kernel?.hasPrefix("conv2d_winograd") == true })
  }

  @Test(
    "a small network matches the reference, fused and unfused",
    arguments: Simulator.kernelSets, [ModelConfiguration.LayerType.preactivation, .bottleneck])
  func network(kernelSet: String, layerType: ModelConfiguration.LayerType) async throws {
    let network = try ModelConfiguration.small(layerType).makeNetwork()
    let shape = TensorShape(batch: 2, height: 13, width: 11, channels: 3)
    let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
    let input = HostTensor(shape: shape, elements: pixels)
    let backend = OpenCLBackend(device: try Simulator.device(), kernelSet: kernelSet)
    let weights = RandomWeights()
    let unfused = try await NetworkComparison(
      network, weights: weights, input: input, backend: backend)
    for row in unfused.rows { #expect(row.passed, "\(row)") }

    let logits = try #require(network.logits)
    let expected = try await ReferenceBackend().prepare(network, weights: weights)
      .run(input, returning: [logits])[0]
    let found = try await backend.prepare(network, weights: weights)
      .run(input, returning: [logits])[0]
    let fused = TensorComparison(
      "logits", expected: expected, found: found, tolerance: .logits)
    #expect(fused.passed, "\(fused)")
  }
}

private enum Simulator {
  static let isWanted = ProcessInfo.processInfo.environment["OCLGRIND_LOG"] != nil

  /// Every n-th of the small cases is run.
  static let stride = 7

  static let vectorSets =
    OpenCLUnderTest.persistentSets.filter { $0 == "persistent8" } + ["vector8"]

  static let kernelSets = vectorSets + ["tiled64", "tiled8", "reference"]

  struct NotOclgrind: Error, CustomStringConvertible {
    let description: String
  }

  /// - Throws: `NotOclgrind` if the tests would run on anything but the simulator.
  static func device() throws -> Device {
    let device = try OpenCLUnderTest.device()
    guard device.name.contains("Oclgrind") else {
      throw NotOclgrind(description: "the device is \(device.label), not Oclgrind")
    }
    return device
  }
}
