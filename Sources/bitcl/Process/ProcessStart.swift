import CProcessStart

/// How this process was started.
enum ProcessStart {
  /// The arguments, the program's name first.
  ///
  /// `CommandLine` reads them from /proc, and is empty in a bare file system that has none.
  static let arguments: [String] = {
    guard CommandLine.arguments.isEmpty else { return CommandLine.arguments }
    var arguments: [String] = []
    while let argument = bitcl_argument(Int32(arguments.count)) {
      arguments.append(String(cString: argument))
    }
    return arguments
  }()

  /// The file that this process was started from, if possible whatever has become of its name.
  static let executable: String = {
    let running = "/proc/self/exe"
    if isExecutable(running) { return running }
    return bitcl_executable_path().map { String(cString: $0) } ?? arguments.first ?? "bitcl"
  }()

  static let hasProcessFileSystem = FileStatus(path: "/proc/self") != nil

  // libdispatch counts its threads once a second by /proc/TID/stat and traps where that is missing
  // (_dispatch_workq_count_runnable_workers, Swift 6.3).
  static let noProcessFileSystem = """
    /proc is not mounted: Swift's runtime ends a process without it after about a second. To mend \
    it: mount -t proc proc /proc
    """
}
