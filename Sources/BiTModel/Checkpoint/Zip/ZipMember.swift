/// One file in a zip archive, as the directory describes it.
package struct ZipMember: Sendable, Hashable {
  package enum Method: Sendable { case stored, deflated }

  package let name: String
  package let method: Method
  /// The size of what it expands to.
  package let byteCount: Int
  /// Its size in the archive.
  package let storedByteCount: Int
  /// Where its local header starts.
  let headerOffset: Int
  /// Where its bytes start, behind the local header.
  var dataOffset: Int
  let checksum: UInt32

  /// The bytes that nothing else may claim.
  var extent: Range<Int> { headerOffset..<(dataOffset + storedByteCount) }
}
