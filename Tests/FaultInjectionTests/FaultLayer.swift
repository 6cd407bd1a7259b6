import Foundation
import Testing

/// The layer of `Tests/OpenCLFaultLayer`, built once, and a place for what its runs leave.
final class FaultLayer: Sendable {
  static let shared = Result { try FaultLayer() }

  let library: URL
  let folder: URL

  /// The repository.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "bitcl-faults-\(UUID().uuidString)", directoryHint: .isDirectory)
    for name in ["cache", "ledgers"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    library = folder.appending(path: "faults.so")
    let script = Process()
    script.executableURL = Self.root.appending(path: "Scripts/fault-layer")
    script.arguments = [library.path]
    script.standardOutput = FileHandle.nullDevice
    try script.run()
    script.waitUntilExit()
    try #require(script.terminationStatus == 0, "Scripts/fault-layer failed")
    // The folder is of this process, which has no later moment to remove it.
    let path = strdup(folder.path)
    FaultLayer.pathToRemove = path
    atexit {
      guard let path = FaultLayer.pathToRemove else { return }
      try? FileManager.default.removeItem(atPath: String(cString: path))
    }
  }

  // Written once, before the handler that reads it is registered.
  nonisolated(unsafe) private static var pathToRemove: UnsafeMutablePointer<CChar>?
}

/// What the layer saw of one run.
struct Ledger {
  private var numbers: [String: Int] = [:]
  /// In the order of the program's list.
  private(set) var entryPoints: [String] = []

  init(contentsOf file: URL) throws {
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let number = Int(words[2]) else { continue }
      numbers["\(words[0]) \(words[1])"] = number
      if words[0] == "calls" { entryPoints.append(String(words[1])) }
    }
  }

  func calls(_ entryPoint: String) -> Int { numbers["calls \(entryPoint)"] ?? 0 }
  func made(_ object: String) -> Int { numbers["made \(object)"] ?? 0 }
  func bytes(_ direction: String) -> Int { numbers["bytes \(direction)"] ?? 0 }

  /// References that were never given back, by type.
  var live: [String: Int] {
    var live: [String: Int] = [:]
    for (name, number) in numbers where name.hasPrefix("live ") && number != 0 {
      live[String(name.dropFirst(5))] = number
    }
    return live
  }
}
