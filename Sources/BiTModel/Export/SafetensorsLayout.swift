/// Where the tensors of a safetensors file lie, in the order given, and the header that says so.
package struct SafetensorsLayout: Sendable {
  package struct Entry: Sendable {
    package let name: String
    package let shape: [Int]
    package let type: WeightType

    package init(name: String, shape: [Int], type: WeightType) {
      self.name = name
      self.shape = shape
      self.type = type
    }

    package var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  /// The file's first bytes: eight with the length of the table, then the table.
  package let header: [UInt8]
  /// Of the whole file.
  package let byteCount: Int

  /// - Parameter metadata: Words about the file, such as `format`.
  package init(_ entries: [Entry], metadata: [(key: String, value: String)] = []) {
    var items: [(key: String, value: JSONDocument)] = []
    if !metadata.isEmpty {
      items.append(("__metadata__", .object(metadata.map { ($0.key, .string($0.value)) })))
    }
    var offset = 0
    for entry in entries {
      let end = offset + entry.byteCount
      items.append(
        (
          entry.name,
          .object([
            ("dtype", .string(entry.type.rawValue)),
            ("shape", .array(entry.shape.map { .integer($0) })),
            ("data_offsets", .array([.integer(offset), .integer(end)])),
          ])
        ))
      offset = end
    }
    var table = Array(JSONDocument.object(items).compactText.utf8)
    // The data start at a multiple of eight.
    while table.count % 8 != 0 { table.append(UInt8(ascii: " ")) }
    header = withUnsafeBytes(of: UInt64(table.count).littleEndian, Array.init) + table
    byteCount = header.count + offset
  }
}
