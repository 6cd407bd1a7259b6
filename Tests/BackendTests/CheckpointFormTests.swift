import BiTModel
import FoundationEssentials
import ReferenceBackend
import TestSupport
import Testing

/// The same weights in every form that they come in (`Tests/Fixtures/checkpoints.py`).
@Suite("the forms of a checkpoint", .holdsFiles)
struct CheckpointFormTests {
  static let forms = [
    "huggingface", "huggingface-bin", "timm", "timm-bin", "google", "google-deflated",
  ]

  private static func open(_ form: String) throws -> Model {
    try ModelFiles.open(path: Fixtures.url("forms/\(form)").path)
  }

  private func logits(
    of model: Model, epsilon: Double? = nil, golden file: SafetensorsFile? = nil,
    on backend: any Backend
  ) async throws -> [Float] {
    var configuration = model.configuration
    configuration.standardizationEpsilon = epsilon ?? configuration.standardizationEpsilon
    let network = try configuration.makeNetwork()
    let golden =
      try file ?? SafetensorsFile(path: Fixtures.url("forms/golden.safetensors").path)
    let shape = try #require(golden.shape(of: "pixel_values"))
    let input = HostTensor(
      shape: TensorShape(batch: shape[0], height: shape[2], width: shape[3], channels: shape[1]),
      channelsFirst: try golden.read("pixel_values"))
    let runner = try await backend.prepare(network, weights: model.weights)
    return try await runner.run(input, returning: [try #require(network.logits)])[0].elements
  }

  @Test(
    "equal weights and constants give the same logits, bit for bit", arguments: Backends.forNetworks
  )
  func sameBits(_ backend: BackendUnderTest) async throws {
    let backend = try backend.available()
    let expected = try await logits(of: try Self.open("huggingface"), on: backend)
    for form in Self.forms {
      let found = try await logits(of: try Self.open(form), epsilon: 1e-8, on: backend)
      #expect(found == expected, "\(form)")
    }
  }

  @Test(
    "each form's own constants give the results of the library that it is from",
    arguments: Backends.forNetworks)
  func goldens(_ backend: BackendUnderTest) async throws {
    let backend = try backend.available()
    let golden = try SafetensorsFile(path: Fixtures.url("forms/golden.safetensors").path)
    for form in Self.forms {
      let model = try Self.open(form)
      let expected = try golden.read(model.form == .google ? "logits_google" : "logits")
      let found = try await logits(of: model, on: backend)
      let largest = expected.map(abs).max() ?? 0
      let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
      // Half of what the fixtures' README allows in Float; the epsilons are 0.2 apart.
      #expect(worst <= 1e-5 * largest, "\(form): \(worst) of \(largest)")
    }
  }

  @Test(
    "the models of timm and of Google among the goldens give their logits to the last bits",
    arguments: [("13_timm", "logits"), ("14_bit_npz", "logits_original_eps_1e-10")])
  func oracle(name: String, tensor: String) async throws {
    let folder = Fixtures.url("models/\(name)")
    let model = try ModelFiles.open(path: folder.path)
    let golden = try SafetensorsFile(
      path: folder.appending(path: "golden.safetensors").path)
    let found = try await logits(of: model, golden: golden, on: ReferenceBackend())
    let expected = try golden.read(tensor)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 * abs($1) })
  }

  @Test("labels and preprocessing are those of the form")
  func descriptions() throws {
    let huggingFace = try Self.open("huggingface")
    let timm = try Self.open("timm")
    let google = try Self.open("google")
    #expect(huggingFace.configuration == timm.configuration)
    #expect(timm.configuration.labels[1] == "a \"plug\"")
    #expect(google.configuration.labels == (0..<7).map { "LABEL_\($0)" })
    #expect(google.preprocessing == .squash(side: 64))
    #expect([huggingFace, timm, google].allSatisfy { $0.warnings.isEmpty })
    #expect([huggingFace.form, timm.form, google.form] == [.huggingFace, .timm, .google])
  }
}
