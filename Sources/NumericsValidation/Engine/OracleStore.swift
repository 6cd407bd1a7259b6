import BiTModel

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the oracle made of images, kept in files, so that several processes that validate several
/// devices compute it once.
///
/// A file that is damaged, or that cannot be written, costs time and nothing else.
struct OracleStore: Sendable {
  let model: Model
  let node: Network.NodeID
  let folder: URL?

  /// What is right, and how far from it rounding may lead.
  struct Judgement: Codable, Sendable {
    fileprivate let channels: Int
    fileprivate let values: [Double]
    fileprivate let unit: Double

    var expected: Tensor<Double> {
      Tensor(
        shape: TensorShape(batch: 1, height: 1, width: 1, channels: channels), elements: values)
    }

    var tolerance: Tolerance {
      Tolerance(
        name: "propagated rounding", relative: 0, absolute: Rounding.allowedUnits * unit,
        units: Rounding.allowedUnits)
    }

    fileprivate var isSound: Bool {
      channels > 0 && values.count == channels && unit.isFinite && unit >= 0
    }
  }

  func judgement(of pixels: HostTensor, by judge: CutJudge) async throws -> Judgement {
    let file = folder?.appending(path: "\(key(pixels)).json")
    if let file, let data = try? Data(contentsOf: file),
      let known = try? JSONDecoder().decode(Judgement.self, from: data), known.isSound
    {
      return known
    }
    let (expected, unit) = try await judge.expectation(of: node, pixels: pixels)
    let made = Judgement(
      channels: expected.shape.channels, values: expected.elements, unit: unit)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    if let file, let data = try? encoder.encode(made) {
      // Atomically: another process may read at the same time.
      try? data.write(to: file, options: .atomic)
    }
    return made
  }

  /// The model by its name and shape of parameters, and the pixels by their bits (FNV-1a).
  private func key(_ pixels: HostTensor) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x100_0000_01b3 }
    for byte in "\(model.name) \(node) \(pixels.shape) \(model.parameterCount)".utf8 {
      mix(UInt64(byte))
    }
    for value in pixels.elements { mix(UInt64(value.bitPattern)) }
    return String(hash, radix: 16)
  }
}
