import Glibc

/// Where a driver keeps a cache without which it offers no device.
package struct DriverCache: Hashable, Sendable {
  /// The environment variable that names the folder.
  let variable: String
  /// The folder's path in the user's cache, where the variable is not set.
  let name: String

  /// The folder, as the driver finds it.
  func folder(_ environment: [String: String]) -> String {
    func value(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    return value(variable)
      ?? value("XDG_CACHE_HOME").map { "\($0)/\(name)" }
      ?? value("HOME").map { "\($0)/.cache/\(name)" }
      ?? "/tmp/\(name)"
  }

  /// Whether the folder can be written, or made.
  func isUsable(_ environment: [String: String]) -> Bool {
    var path = folder(environment)
    // Up to the first that is there: what is missing can be made in it, or not.
    while !path.isEmpty, access(path, F_OK) != 0 {
      path = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
    if path.isEmpty { path = "/" }
    // By its permissions root may write everywhere; nobody can make a folder in /proc.
    let isProcesses = path == "/proc" || path.hasPrefix("/proc/")
    return BoundedFile.isFolder(path) && access(path, W_OK | X_OK) == 0 && !isProcesses
  }
}

/// The environment variable by which a driver's devices are chosen.
package struct DriverSwitch: Hashable, Sendable {
  let variable: String
  /// What it has to name, for messages.
  let values: String
  /// Without the variable there is no device at all.
  let isOffByDefault: Bool

  /// Why the driver offers nothing in this environment, as far as the variable is to blame.
  func blame(_ environment: [String: String]) -> String? {
    switch environment[variable] {
    case nil: isOffByDefault ? "\(variable) is not set" : nil
    case "": isOffByDefault ? "\(variable) is empty" : nil
    case let value?: "\(variable)=\(value) names none that it has"
    }
  }
}

enum ProgramPath {
  /// Whether a command can be run by its name.
  static func holds(_ command: String, _ environment: [String: String]) -> Bool {
    let folders = environment["PATH"]?.split(separator: ":") ?? []
    return folders.contains { folder in
      BoundedFile.isRegular("\(folder)/\(command)") == true
        && access("\(folder)/\(command)", X_OK) == 0
    }
  }
}
