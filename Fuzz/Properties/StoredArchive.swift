/// A sound zip archive of members that are not compressed, around bytes that need not be sound.
enum StoredArchive {
  static func bytes(_ members: [(name: String, content: [UInt8])]) -> [UInt8] {
    var (file, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in members {
      // Version 2.0; no flags, stored, no time; no checksum, which readers of PyTorch's files allow.
      let common =
        little(20, 2) + little(0, 2) + little(0, 2) + little(0, 4) + little(0, 4)
        + little(content.count, 4) + little(content.count, 4) + little(name.utf8.count, 2)
        + little(0, 2)
      directory += little(0x0201_4b50, 4) + little(20, 2) + common + little(0, 10)
      directory += little(file.count, 4) + name.utf8
      file += little(0x0403_4b50, 4) + common + name.utf8 + content
    }
    let end =
      little(0x0605_4b50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
      + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
    return file + directory + end
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
  }
}
