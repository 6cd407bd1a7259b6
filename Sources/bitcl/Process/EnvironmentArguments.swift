import ArgumentParser

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Options from the environment: `BITCL_INPUT_SIZE=384` stands for `--input-size 384`.
///
/// They are put before the command's own arguments, where a later occurrence of the same option
/// replaces them. Which options a command has is asked of the argument parser, so no option needs
/// code of its own; variables that belong to other commands are left alone.
enum EnvironmentArguments {
  static let prefix = "BITCL_"
  /// Requests and not settings: a `BITCL_VERSION` that a container image sets must not matter.
  private static let excluded: Set<String> = ["help", "version"]

  /// - Throws: The parser's errors, also those that stand for help and version.
  static func parse(
    _ arguments: [String], environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> any ParsableCommand {
    let variables = environment.filter { $0.key.hasPrefix(prefix) && !$0.value.isEmpty }
    guard !variables.isEmpty, let verb = arguments.first(where: { !$0.hasPrefix("-") }),
      let place = arguments.firstIndex(of: verb),
      let command = Bitcl.configuration.subcommands.first(where: { $0._commandName == verb })
    else { return try Bitcl.parseAsRoot(arguments) }
    let additions = self.arguments(
      from: variables,
      for: try options(of: command).filter { !$0.gathers || !$0.isGiven(in: arguments) })
    var complete = arguments
    complete.insert(contentsOf: additions.flatMap(\.arguments), at: place + 1)
    do {
      return try Bitcl.parseAsRoot(complete)
    } catch  where Bitcl.exitCode(for: error) == .validationFailure {
      // Where the arguments alone are sound, the environment is to blame.
      _ = try Bitcl.parseAsRoot(arguments)
      let message = Bitcl.message(for: error)
      let names = additions.map(\.variable).joined(separator: ", ")
      throw CommandFailure(
        .usage, "\(message) The environment sets \(names); correct or unset what is wrong there.")
    }
  }

  private struct Addition {
    let variable: String
    let arguments: [String]
  }

  private static func arguments(
    from variables: [String: String], for options: [Description.Argument]
  ) -> [Addition] {
    options.compactMap { option in
      guard let name = option.names?.first(where: { $0.kind == "long" })?.name,
        !excluded.contains(name)
      else { return nil }
      let variable =
        prefix + name.uppercased().split(separator: "-").joined(separator: "_")
      guard let value = variables[variable] else { return nil }
      switch option.kind {
      case "option": return Addition(variable: variable, arguments: ["--\(name)=\(value)"])
      case "flag":
        let off = ["0", "false", "no", "off"].contains(value.lowercased())
        return off ? nil : Addition(variable: variable, arguments: ["--\(name)"])
      default: return nil
      }
    }
  }

  private static func options(
    of command: any ParsableCommand.Type
  ) throws -> [Description.Argument] {
    try JSONDecoder().decode(Description.self, from: Data(command._dumpHelp().utf8))
      .command.arguments ?? []
  }

  /// The part that matters here of what the argument parser tells other tools about a command.
  private struct Description: Decodable {
    struct Command: Decodable {
      let arguments: [Argument]?
    }

    struct Argument: Decodable {
      struct Name: Decodable {
        let kind: String
        let name: String
      }
      let kind: String
      let names: [Name]?
      let isRepeating: Bool

      /// Of an option that may be repeated, a later occurrence does not replace an earlier one.
      var gathers: Bool { isRepeating && kind == "option" }

      func isGiven(in arguments: [String]) -> Bool {
        arguments.prefix { $0 != "--" }.contains { argument in
          (names ?? []).contains { name in
            name.kind == "long"
              ? argument == "--\(name.name)" || argument.hasPrefix("--\(name.name)=")
              : argument.hasPrefix("-\(name.name)")
          }
        }
      }
    }

    let command: Command
  }
}
