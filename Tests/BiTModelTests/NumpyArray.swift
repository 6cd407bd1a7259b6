/// Writes `.npy` arrays byte by byte, sound ones and ones that lie.
struct NumpyArray {
  var description = "'<f4'"
  var isFortranOrder = false
  var shape: [Int]
  /// In the order in which they are stored.
  var elements: [Float]
  var version: UInt8 = 1
  /// The header instead of the usual one.
  var header: String?
  var magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  var headerLength: Int?

  init(_ shape: [Int], _ elements: [Float]) {
    self.shape = shape
    self.elements = elements
  }

  private var usualHeader: String {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = isFortranOrder ? "True" : "False"
    return "{'descr': \(description), 'fortran_order': \(order), 'shape': (\(extents)), }"
  }

  var bytes: [UInt8] {
    let text = Array((header ?? usualHeader).utf8) + [0x20, 0x0a]
    let length = UInt64(headerLength ?? text.count)
    return magic + [version, 0] + ZipBuilder.little(length, version == 1 ? 2 : 4) + text
      + elements.flatMap(encode)
  }

  private func encode(_ element: Float) -> [UInt8] {
    let bits = UInt64(element.bitPattern)
    switch description {
    case "'>f4'": return ZipBuilder.little(bits, 4).reversed()
    case "'<f8'": return ZipBuilder.little(Double(element).bitPattern, 8)
    case "'|V2'": return ZipBuilder.little(bits >> 16, 2)
    default: return ZipBuilder.little(bits, 4)
    }
  }
}
