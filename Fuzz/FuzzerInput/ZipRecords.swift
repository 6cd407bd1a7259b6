/// Makes the records of a zip archive agree: the headers say what the directory does, which lists
/// them in their order, and the end record says where the directory is.
package func mendZip(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
  let headers = bytes.places(of: [0x50, 0x4b, 3, 4]).filter { $0 + 30 <= bytes.count }
  let entries = bytes.places(of: [0x50, 0x4b, 1, 2]).filter { $0 + 46 <= bytes.count }
  for (entry, header) in zip(entries, headers) {
    // Flags, method, time, checksum and both sizes.
    for index in 0..<20 { bytes[header + 6 + index] = bytes[entry + 8 + index] }
    bytes.put(header, at: entry + 42, count: 4)
  }
  guard let end = bytes.places(of: [0x50, 0x4b, 5, 6]).last, end + 22 <= bytes.count,
    let start = entries.first, start < end
  else { return }
  bytes.put(entries.count, at: end + 8, count: 2)
  bytes.put(entries.count, at: end + 10, count: 2)
  bytes.put(end - start, at: end + 12, count: 4)
  bytes.put(start, at: end + 16, count: 4)
}
