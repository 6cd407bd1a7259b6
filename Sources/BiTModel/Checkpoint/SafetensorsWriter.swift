import FoundationEssentials

/// Writes F32 tensors as a safetensors file.
public enum SafetensorsWriter {
  /// A tensor in the order that it is to be stored.
  public struct Entry: Sendable {
    public let name: String
    public let shape: [Int]
    public let elements: [Float]

    public init(name: String, shape: [Int], elements: [Float]) {
      precondition(elements.count == shape.reduce(1, *), "\(name): \(shape)")
      self.name = name
      self.shape = shape
      self.elements = elements
    }

    /// An activation, stored NCHW as PyTorch keeps it.
    public init(name: String, tensor: HostTensor) {
      let shape = tensor.shape
      self.init(
        name: name, shape: [shape.batch, shape.channels, shape.height, shape.width],
        elements: tensor.channelsFirst)
    }
  }

  /// The bytes of a file that holds `entries` in their order.
  public static func encode(_ entries: [Entry]) throws -> Data {
    let layout = SafetensorsLayout(
      entries.map { SafetensorsLayout.Entry(name: $0.name, shape: $0.shape, type: .float32) })
    var file = Data(capacity: layout.byteCount)
    file.append(contentsOf: layout.header)
    for entry in entries { entry.elements.withUnsafeBytes { file.append(contentsOf: $0) } }
    return file
  }

  /// Writes `entries` to a file in their order.
  public static func write(_ entries: [Entry], to path: String) throws {
    try encode(entries).write(to: URL(filePath: path))
  }
}
