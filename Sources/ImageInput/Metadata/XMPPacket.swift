/// Adobe's metadata in XML, of which only the orientation is looked for.
package enum XMPPacket {
  /// The digit in `tiff:Orientation="6"` or `<tiff:Orientation>6<`, whichever comes first.
  package static func orientation(in packet: [UInt8]) -> Int? {
    let name = Array("tiff:Orientation".utf8)
    var start = packet.startIndex
    while let first = packet[start...].firstIndex(of: name[0]) {
      let rest = packet[first...]
      if rest.starts(with: name), let digit = digit(after: rest.dropFirst(name.count)) {
        return digit
      }
      start = first + 1
    }
    return nil
  }

  private static func digit(after rest: ArraySlice<UInt8>) -> Int? {
    for opening in ["=\"", ">"] where rest.starts(with: opening.utf8) {
      guard let byte = rest.dropFirst(opening.utf8.count).first,
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      else { return nil }
      return Int(byte - UInt8(ascii: "0"))
    }
    return nil
  }
}
