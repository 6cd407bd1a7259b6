import ArgumentParser

/// The command without a verb.
struct Bitcl: ParsableCommand {
  static let version = "bitcl 0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "bitcl",
    abstract: "Run Big Transfer (BiT) image classifiers on any OpenCL device.",
    discussion: """
      Every long option can be set by an environment variable as well: BITCL_DEVICE=cpu stands for \
      --device cpu, BITCL_INPUT_SIZE for --input-size. An option that is given goes before its \
      variable.

      Exit codes: 0 success, 1 unexpected failure, 2 some images failed, 3 a check failed, 64 wrong \
      usage, 65 damaged model or data, 66 model, list or file not found, 69 device or network \
      unavailable, 130 interrupted (Ctrl-C), 143 terminated (SIGTERM).
      """,
    version: version,
    subcommands: [
      Classify.self, Devices.self, Run.self, Preprocess.self, Validate.self, Inspect.self,
      Convert.self, Pull.self, Bench.self, Worker.self,
    ]
  )
}
