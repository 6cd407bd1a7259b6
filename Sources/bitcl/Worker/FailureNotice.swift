/// An error on its way from a worker to the process that started it.
struct FailureNotice: Codable, Hashable, Sendable {
  /// What happened, and what to do.
  let message: String
  /// The exit code that the error would have as a command's.
  let code: Int32

  init(_ error: any Error) {
    let failure = CommandFailure(describing: error)
    message = failure?.message ?? "\(error)"
    code = (failure?.status ?? .unexpected).code
  }

  var failure: CommandFailure { CommandFailure(ExitStatus(code: code), message) }
}
