import ArgumentParser

/// A height and a width in pixels: `224` or `224x320`.
struct ImageExtent: Hashable, Sendable, CustomStringConvertible {
  let height: Int
  let width: Int

  var description: String { "\(height)x\(width)" }
}

extension ImageExtent: ExpressibleByArgument {
  init?(argument: String) {
    let parts = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(parts.count), let height = parts[0], let width = parts[parts.count - 1],
      (1...65536).contains(height), (1...65536).contains(width)
    else { return nil }
    self.height = height
    self.width = width
  }
}
