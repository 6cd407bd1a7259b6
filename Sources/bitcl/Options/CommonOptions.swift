import ArgumentParser

/// What every command understands.
struct CommonOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say more about what is done.")
  var verbose = false

  var console: Console { Console(verbosity: quiet ? .quiet : verbose ? .verbose : .normal) }
}
