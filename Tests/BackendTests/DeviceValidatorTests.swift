import BiTModel
import FoundationEssentials
import NumericsValidation
import ReferenceBackend
import TestSupport
import Testing

/// The engine behind `bitcl validate` on backends with known faults: each is noticed and named.
struct DeviceValidatorTests {
  private func validate(
    _ backend: any Backend, _ kinds: Set<Check.Kind>,
    change: (inout ValidationOptions) -> Void = { _ in }
  ) async throws -> DeviceReport {
    var options = ValidationOptions()
    options.kinds = kinds
    options.repeats = 2
    change(&options)
    let facts = DeviceFacts(id: "0:0", name: backend.name, kind: "other")
    var report = DeviceReport(facts)
    let validator = DeviceValidator(backend, options: options) { facts }
    try await validator.run { event in
      // As a process of its own would hand it on.
      report.add(try ValidationEvent(line: event.line()))
    }
    #expect(report.isComplete && report.running == nil)
    let planned = try validator.checks()
    let made = report.results.map(\.check).filter { $0.kind != .preparation }
    #expect(Set(made).union(report.notRun.map(\.check)) == Set(planned))
    #expect(made.count + report.notRun.count == planned.count)
    return report
  }

  @Test("the oracle passes everything, rounded to Float")
  func soundBackend() async throws {
    let report = try await validate(ReferenceBackend(), Set(Check.Kind.allCases))
    for failure in report.failures {
      Issue.record("\(failure.check): \(failure.fault?.summary ?? "")")
    }
    #expect(report.passed && report.notRun.isEmpty)
  }

  @Test("a layer that is wrong by itself is named with its kernel, and the layers behind pass")
  func wrongLayer() async throws {
    let layer = "encoder.stages.1.layers.0.conv2"
    let backend = FaultyBackend(fault: { network, run in
      guard let node = network.nodes.firstIndex(where: { $0.name == layer }) else { return }
      run.change(node) { $0.elements[11] += 1e-3 }
    })
    let report = try await validate(backend, [.layers])
    #expect(report.failures.count == report.results.count - 1)
    for failure in report.failures {
      #expect(failure.fault?.layer == layer)
      #expect(failure.fault?.kernel == "kernel of \(layer)")
      // The next layer read another tensor than the one returned.
      #expect(failure.tensors.filter { !$0.passed }.count <= 2)
    }
  }

  @Test("a fault of a fused plan is narrowed down to the layers that are fused")
  func wrongWhenFused() async throws {
    // The norm's ε is wrong as long as nobody asks for the norm itself.
    let layer = "encoder.stages.2.layers.0.norm2"
    let backend = FaultyBackend(rewrite: { network, kept in
      guard let node = network.nodes.firstIndex(where: { $0.name == layer }), !kept.contains(node),
        case .groupNorm(let norm) = network.nodes[node].operation
      else { return network }
      return network.replacing(
        node,
        by: .groupNorm(
          GroupNorm(
            channels: norm.channels, groups: norm.groups, epsilon: norm.epsilon + 0.5,
            path: String(norm.weight.name.path.dropLast(7)),
            activation: norm.activation.function)))
    })
    let report = try await validate(backend, [.layers, .network])
    let failures = report.failures
    #expect(failures.allSatisfy { $0.check.kind == .network })
    let networks = report.results.filter { $0.check.kind == .network }
    for network in networks { #expect(!network.passed, "\(network)") }
    for failure in failures {
      // The convolution that reads the norm, and the one that the norm reads.
      let (reader, writer) =
        failure.check.name.hasPrefix("bottleneck") ? ("conv3", "conv2") : ("conv2", "conv1")
      #expect(failure.fault?.layer == "encoder.stages.2.layers.0.\(reader)")
      #expect(failure.fault?.after == "encoder.stages.2.layers.0.\(writer)")
      #expect(failure.fault?.summary.contains(layer) == true)
    }
  }

  @Test("results that do not repeat are noticed, and the first such layer is named")
  func unsteady() async throws {
    let layer = "encoder.stages.1.layers.0.conv1"
    let backend = FaultyBackend(fault: { network, run in
      guard run.number.isMultiple(of: 2) else { return }
      for index in run.tensors.indices where run.nodes[index] == network.logits {
        run.tensors[index].elements[0] = run.tensors[index].elements[0].nextUp
      }
      guard let node = network.nodes.firstIndex(where: { $0.name == layer }) else { return }
      run.change(node) { $0.elements[0] = $0.elements[0].nextUp }
    })
    let report = try await validate(backend, [.repeatability])
    // The backbone has no logits.
    let failures = report.failures
    #expect(failures.count == report.results.count - 2)
    for failure in failures { #expect(failure.fault?.layer == layer) }
  }

  @Test("an image that depends on its batch is noticed")
  func dependsOnBatch() async throws {
    let backend = FaultyBackend(fault: { network, run in
      guard run.input.shape.batch > 1 else { return }
      for index in run.tensors.indices {
        let last = run.tensors[index].elements.count - 1
        run.tensors[index].elements[last] = run.tensors[index].elements[last].nextUp
      }
    })
    let report = try await validate(backend, [.repeatability])
    #expect(report.failures.count == report.results.count - 1)
    for failure in report.failures {
      #expect(failure.tensors.filter { !$0.passed }.allSatisfy { !$0.name.contains("run") })
    }
  }

  @Test("what a backend throws is a failed check, and the rest goes on")
  func throwsInOneOperation() async throws {
    struct Broken: Error, CustomStringConvertible { let description = "the pool is closed" }
    let backend = FaultyBackend(fault: { network, run in
      if case .maxPool = network.nodes[network.nodes.count - 1].operation { throw Broken() }
    })
    let report = try await validate(backend, [.operation])
    #expect(!report.failures.isEmpty)
    #expect(report.failures.allSatisfy { $0.error == "the pool is closed" })
    #expect(report.results.count > 2 * report.failures.count)
  }

  @Test("a device that cannot be prepared fails, and what was not run says why")
  func cannotPrepare() async throws {
    struct Unusable: Backend {
      let name = "unusable"
      func prepare(
        _ network: Network, weights: any WeightSource
      ) async throws -> any NetworkRunner { throw CheckpointError.notFound(path: "kernels") }
    }
    let report = try await validate(Unusable(), [.operation, .layers])
    #expect(!report.passed)
    #expect(report.results.map(\.check.kind) == [.preparation])
    #expect(report.notRun.allSatisfy { $0.reason.contains("could not be prepared") })
  }

  @Test("values that are not finite fail and survive the way through JSON")
  func notFinite() async throws {
    let backend = FaultyBackend(fault: { network, run in
      run.change(network.logits ?? 1) { $0.elements[0] = .nan }
    })
    let report = try await validate(backend, [.network])
    let tensor = try #require(report.failures.first?.tensors.first)
    #expect(tensor.maxAbsolute == .infinity && tensor.cosine.isNaN)
    #expect(tensor.worst?.found.isNaN == true && tensor.worst?.expected.isFinite == true)
  }

  @Test("checks beyond the time limit are left out with a reason, dear ones first")
  func timeBudget() async throws {
    let backend = FaultyBackend(fault: { _, _ in
      // An interpreter: far slower than the limit.
      _ = (0..<200_000).reduce(0.0) { $0 + Double($1).squareRoot() }
    })
    let report = try await validate(backend, [.operation, .layers]) {
      $0.timeBudget = .milliseconds(300)
    }
    #expect(!report.notRun.isEmpty && report.results.count > 1)
    #expect(report.notRun.allSatisfy { $0.reason.contains("time limit") })
  }

  @Test("another seed gives other inputs, the same seed the same")
  func seeds() async throws {
    func logits(_ seed: UInt64) async throws -> [Double] {
      try await validate(ReferenceBackend(), [.network]) { $0.seed = seed }
        .results.flatMap(\.tensors).map(\.magnitude)
    }
    let first = try await logits(1)
    let again = try await logits(1)
    let other = try await logits(2)
    #expect(again == first && other != first)
  }

  @Test("a process that dies leaves the check that it was in")
  func interrupted() {
    let check = Check(.operation, group: "convolution", name: "x")
    var report = DeviceReport(DeviceFacts(id: "0:0", name: "x", kind: "gpu"))
    report.add(.started(check))
    report.interrupt("signal 11")
    #expect(report.running == check && !report.passed && !report.isComplete)
    #expect(throws: (any Error).self) {
      try ValidationEvent(line: Data(#"{"event":"finished","res"#.utf8))
    }
  }

  @Test("a limit far wider than what was measured is reported")
  func wideTolerance() async throws {
    let exact = try await validate(ReferenceBackend(), [.operation])
    let uses = ToleranceUse.all(in: exact.results)
    let sums = try #require(uses.first { $0.rule == "sum of products" })
    // The oracle is off by one rounding, whatever the length of its sums.
    #expect(sums.tensors > 100 && sums.largestFraction < 0.5)
    #expect(uses.allSatisfy { $0.largestFraction <= 1 })
  }

  @Test("what the oracle made of an image is kept, shared, and made anew where it is damaged")
  func oracleFolder() async throws {
    var configuration = ModelConfiguration()
    configuration.embeddingSize = 8
    configuration.hiddenSizes = [32]
    configuration.depths = [1]
    configuration.groups = 4
    configuration.labels = ["a", "b"]
    let model = Model(
      name: "tiny", configuration: configuration, network: try configuration.makeNetwork(),
      weights: RandomWeights())
    let shape = TensorShape(batch: 1, height: 24, width: 20, channels: 3)
    let pixels = RandomWeights().values(of: Parameter("pixels", shape: [shape.count, 1]))
    try await withTemporaryDirectory { folder in
      func classify() async throws -> DeviceReport {
        try await validate(ReferenceBackend(), [.images]) {
          $0.model = model
          $0.images = [.init(name: "a", pixels: HostTensor(shape: shape, elements: pixels))]
          $0.oracleFolder = folder
        }
      }
      let first = try await classify()
      #expect(first.passed && first.images.count == 1)
      let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      let file = folder.appending(path: try #require(files.first))
      let kept = try Data(contentsOf: file)
      #expect(files.count == 1)
      for damaged in [Data(), Data("{}".utf8), kept.prefix(kept.count / 2)] {
        try damaged.write(to: file)
        #expect(try await classify().images == first.images)
        #expect(try Data(contentsOf: file) == kept)
      }
    }
  }
}
