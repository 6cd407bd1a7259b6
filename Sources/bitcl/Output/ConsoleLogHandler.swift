import Logging

/// What the library logs, said as the command says things.
struct ConsoleLogHandler: LogHandler {
  let console: Console
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level

  init(console: Console) {
    self.console = console
    logLevel = console.verbosity == .verbose ? .debug : .notice
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    switch event.level {
    case .warning, .error, .critical: console.warn("\(event.message)")
    case .notice: console.note("\(event.message)")
    case .info, .debug, .trace: console.detail("\(event.message)")
    }
  }
}
