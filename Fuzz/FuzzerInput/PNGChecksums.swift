import CZlib

/// Gives every chunk of a PNG its checksum.
package func mendPNG(_ bytes: UnsafeMutableBufferPointer<UInt8>) {
  var offset = 8
  while offset + 12 <= bytes.count {
    let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    guard length <= bytes.count - offset - 12 else { return }
    let body = UnsafeBufferPointer(rebasing: bytes[(offset + 4)..<(offset + 8 + length)])
    let checksum = Int(czlib_crc32(0, body.baseAddress, body.count))
    bytes.put(checksum.byteSwapped >> 32, at: offset + 8 + length, count: 4)
    offset += length + 12
  }
}
