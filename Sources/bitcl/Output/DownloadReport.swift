import HubCache
import Synchronization

/// Says on stderr how a download is getting on.
final class DownloadReport: Sendable {
  private let console: Console
  private let line: Mutex<ProgressLine>

  init(_ console: Console) {
    self.console = console
    line = Mutex(ProgressLine(console, total: nil, unit: .bytes))
  }

  func show(_ event: PullEvent) {
    line.withLock { line in
      switch event {
      case .began(let files, let bytes, let folder):
        line.clear()
        line = ProgressLine(console, total: bytes, unit: .bytes)
        let size = bytes.map { ", \(Text.bytes($0))" } ?? ""
        console.note("Downloading \(files) file\(files == 1 ? "" : "s")\(size) to \(folder)")
      case .progress(let done): line.show(done: done)
      case .retrying(let reason, let delay):
        line.clear()
        console.note(Text.printable("\(reason): trying again in \(Text.seconds(delay))"))
      case .waiting(let file):
        line.clear()
        console.note("Another process is downloading \(file): waiting for it")
      }
    }
  }

  func end() { line.withLock { $0.clear() } }
}
