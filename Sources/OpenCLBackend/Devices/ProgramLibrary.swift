import BiTModel
import OpenCLRuntime

/// One kernel file with its options.
struct ProgramRequest: Hashable, Sendable {
  let file: String
  let options: String

  init(_ file: String, options: String = "") {
    self.file = file
    self.options = options
  }

  /// A file that applies an activation.
  init(_ file: String, activation: ActivationFunction, options: String = "") {
    self.init(
      file,
      options: options + (options.isEmpty ? "" : " ")
        + "-D ACTIVATION=\(activation.kernelCode)")
  }
}

/// The programs built for a device, each once.
final class ProgramLibrary {
  private let builder: ProgramBuilder
  private var programs: [ProgramRequest: Shared<Program>] = [:]

  init(context: Context, timeLimit: Duration) {
    var builder = ProgramBuilder(context: context)
    builder.timeLimit = timeLimit
    self.builder = builder
  }

  /// Builds what is not there yet, several at once.
  func build(_ requests: Set<ProgramRequest>) throws(OpenCLError) {
    let missing = requests.filter { programs[$0] == nil }.sorted {
      ($0.file, $0.options) < ($1.file, $1.options)
    }
    var sources: [ProgramSource] = []
    for request in missing {
      sources.append(try ProgramSource(kernels: [request.file], options: request.options))
    }
    for (request, program) in zip(missing, try builder.build(sources)) {
      programs[request] = program
    }
  }

  func program(_ request: ProgramRequest) throws(OpenCLError) -> Shared<Program> {
    if let program = programs[request] { return program }
    try build([request])
    guard let program = programs[request] else {
      throw OpenCLError(.missingSource(request.file))
    }
    return program
  }
}
