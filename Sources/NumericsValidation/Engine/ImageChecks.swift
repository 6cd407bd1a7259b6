import BiTModel
import ReferenceBackend

/// The images that the user gave, on the device and by the oracle: one check an image.
struct ImageChecks: Sendable {
  private let model: Model
  private let options: ValidationOptions
  private let session: NetworkSession
  private let node: Network.NodeID

  init(_ model: Model, backend: any Backend, options: ValidationOptions) {
    self.model = model
    self.options = options
    node = model.network.logits ?? model.network.pooledFeatures
    let shape = TensorShape(batch: 1, height: 1, width: 1, channels: model.network.inputChannels)
    session = NetworkSession(
      NetworkCase(model.name, network: model.network, weights: model.weights, shape: shape),
      backend: backend)
  }

  var planned: [PlannedCheck] {
    options.images.map { image in
      PlannedCheck(
        check: Check(.images, group: model.name, name: image.name),
        work: model.network.work(forInput: image.pixels.shape)
      ) { try await run(image) }
    }
  }

  private func run(_ image: ValidationOptions.Image) async throws -> PlannedCheck.Outcome {
    let evidence = try await Evidence(
      of: [node], from: session.runner(), input: image.pixels)
    let oracle = OracleStore(model: model, node: node, folder: options.oracleFolder)
    let judgement = try await oracle.judgement(of: image.pixels, by: session.judge())
    let logits = evidence.tensors[0]
    let row = TensorResult(
      model.network.nodes[node].name, expected: judgement.expected, found: logits,
      kernel: evidence.kernels[0], tolerance: judgement.tolerance)
    return PlannedCheck.Outcome(
      tensors: [row],
      images: [
        ImageResult(
          name: image.name, logits: logits.elements, expected: judgement.expected.elements)
      ])
  }
}
