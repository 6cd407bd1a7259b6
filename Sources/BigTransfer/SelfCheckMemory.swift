import NumericsValidation
import OpenCLBackend
import OpenCLRuntime

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Which kernels of which devices have passed which self-check, across processes.
///
/// Only passes are remembered: what failed is checked again, and the user told again, each time.
package struct SelfCheckMemory: Sendable {
  package struct Pass: Codable, Sendable {
    package let milliseconds: Double
    package let date: String

    package init(duration: Duration, date: Date = Date()) {
      milliseconds = duration / .milliseconds(1)
      self.date = date.ISO8601Format()
    }
  }

  private let folder: CacheFolder?

  /// - Parameter folder: `nil` to remember nothing.
  package init(folder: URL?) {
    self.folder = folder.map {
      CacheFolder(url: $0, suffix: ".passed", mostEntries: 256, largestEntry: 1 << 20)
    }
  }

  package static var standard: SelfCheckMemory {
    SelfCheckMemory(folder: CacheFolder.standard("self-checks"))
  }

  /// The program is part of it, since it makes the plans: another build checks anew.
  private static let program: String = {
    let path = "/proc/self/exe"
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: path).resolvingSymlinksInPath().path)
    let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(attributes?[.size] as? Int ?? 0) \(date)"
  }()

  private func key(_ identity: KernelIdentity, _ check: SelfCheck) -> String {
    KeyText.join([identity.text, check.signature, Self.program])
  }

  package func pass(of identity: KernelIdentity, _ check: SelfCheck) -> Pass? {
    guard let bytes = folder?.contents(for: key(identity, check)) else { return nil }
    return try? JSONDecoder().decode(Pass.self, from: Data(bytes))
  }

  func remember(_ pass: Pass, of identity: KernelIdentity, _ check: SelfCheck) {
    guard let bytes = try? JSONEncoder().encode(pass) else { return }
    folder?.store(Array(bytes), for: key(identity, check))
  }

  func forget(_ identity: KernelIdentity, _ check: SelfCheck) {
    folder?.removeEntry(for: key(identity, check))
  }
}
