import BiTModel
import OpenCLRuntime
import Synchronization

/// Kernel files that make one program, with its options.
struct ProgramRequest: Hashable, Sendable {
  let files: [String]
  let options: String

  init(_ file: String, options: String = "") {
    self.init([file], options: options)
  }

  init(_ files: [String], options: String = "") {
    self.files = files
    self.options = options
  }

  /// A file that applies an activation.
  init(_ file: String, activation: ActivationFunction, options: String = "") {
    self.init([file], activation: activation, options: options)
  }

  /// Files one of which applies an activation.
  init(_ files: [String], activation: ActivationFunction, options: String = "") {
    self.init(
      files,
      options: options + (options.isEmpty ? "" : " ")
        + "-D ACTIVATION=\(activation.kernelCode)")
  }
}

/// A context and the programs built in it, each once; shared by all networks of a backend.
final class ProgramLibrary: Sendable {
  let context: Context
  private let builder: ProgramBuilder
  private let programs = Mutex<[ProgramRequest: Shared<Program>]>([:])
  private let buildTimeSoFar = Mutex(Duration.zero)

  init(context: Context, timeLimit: Duration) {
    self.context = context
    var builder = ProgramBuilder(context: context)
    builder.timeLimit = timeLimit
    self.builder = builder
  }

  /// How long callers have waited for programs.
  var buildTime: Duration { buildTimeSoFar.withLock { $0 } }

  /// Builds what is not there yet, several at once. Two callers may build the same program; the
  /// first to finish is kept.
  func build(_ requests: Set<ProgramRequest>) throws(OpenCLError) {
    let known = programs.withLock { $0 }
    let missing = requests.filter { known[$0] == nil }.sorted {
      ($0.files.joined(), $0.options) < ($1.files.joined(), $1.options)
    }
    var sources: [ProgramSource] = []
    for request in missing {
      sources.append(try ProgramSource(kernels: request.files, options: request.options))
    }
    guard !sources.isEmpty else { return }
    let start = ContinuousClock.now
    let built = try builder.build(sources)
    let time = start.duration(to: .now)
    buildTimeSoFar.withLock { $0 += time }
    programs.withLock { programs in
      for (request, program) in zip(missing, built) where programs[request] == nil {
        programs[request] = program
      }
    }
  }

  func program(_ request: ProgramRequest) throws(OpenCLError) -> Shared<Program> {
    try build([request])
    guard let program = programs.withLock({ $0[request] }) else {
      throw OpenCLError(.missingSource(request.files.joined(separator: "+")))
    }
    return program
  }
}
