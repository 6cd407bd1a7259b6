import FoundationEssentials
import TestSupport

/// The U8 tensors of a safetensors fixture; the library reads floating-point ones only.
struct ByteTensors {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    private enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  private let entries: [String: Entry]
  private let data: Data

  init(_ relative: String) throws {
    let file = try Data(contentsOf: Fixtures.url(relative))
    let headerCount = file.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = file.dropFirst(8).prefix(headerCount)
    entries = try JSONDecoder().decode([String: Entry].self, from: Data(header))
      .filter { $0.value.dtype == "U8" }
    data = Data(file.dropFirst(8 + headerCount))
  }

  var names: [String] { entries.keys.sorted() }

  func shape(of name: String) -> [Int]? { entries[name]?.shape }

  func bytes(of name: String) -> [UInt8]? {
    entries[name].map { [UInt8](data[$0.offsets[0]..<$0.offsets[1]]) }
  }
}
