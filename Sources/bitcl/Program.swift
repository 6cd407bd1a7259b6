import ArgumentParser
import BigTransfer

@main
enum Program {
  static func main() async {
    fillStandardDescriptors()
    // A reader that went away is then an error of `write`, which ends the program quietly.
    ignoreBrokenPipes()
    ignoreFileSizeLimits()
    shareOneHeap()
    if !ProcessStart.hasProcessFileSystem { Console.printError(ProcessStart.noProcessFileSystem) }
    let arguments = Array(ProcessStart.arguments.dropFirst())
    let task = Task { await run(arguments) }
    // A worker is ended by its caller, which says what was finished.
    let signals =
      arguments.first == Worker.name ? [interruptSignal] : [interruptSignal, terminationSignal]
    let interrupts = Interrupts(signals, cancelling: task)
    let status = interrupts.status(await task.value)
    interrupts.stop()
    DeviceUse.finishReleases()
    exitProcess(status.code)
  }

  /// Parses and runs a command, and reports how it ended.
  private static func run(_ arguments: [String]) async -> ExitStatus {
    do {
      var command = try EnvironmentArguments.parse(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      return .success
    } catch {
      return ExitStatus.report(error)
    }
  }
}
