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
    struct Header: Encodable {
      let dtype = "F32"
      let shape: [Int]
      let dataOffsets: [Int]
      private enum CodingKeys: String, CodingKey {
        case dtype, shape
        case dataOffsets = "data_offsets"
      }
    }
    var table: [String: Header] = [:]
    var offset = 0
    for entry in entries {
      let end = offset + entry.elements.count * 4
      table[entry.name] = Header(shape: entry.shape, dataOffsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var header = try encoder.encode(table)
    // The data start at a multiple of eight.
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var file = Data(capacity: 8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { file.append(contentsOf: $0) }
    file.append(header)
    for entry in entries { entry.elements.withUnsafeBytes { file.append(contentsOf: $0) } }
    return file
  }

  /// Writes `entries` to a file in their order.
  public static func write(_ entries: [Entry], to path: String) throws {
    try encode(entries).write(to: URL(filePath: path))
  }
}
