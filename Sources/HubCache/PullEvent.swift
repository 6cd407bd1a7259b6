/// What happens while files are fetched.
package enum PullEvent: Sendable {
  /// All that is to be downloaded is known. `bytes` is `nil` where the hub does not say.
  case began(files: Int, bytes: Int?, folder: String)
  /// So many bytes of all are there.
  case progress(done: Int)
  case retrying(reason: String, delay: Duration)
  /// Another process downloads the same file.
  case waiting(file: String)
}
