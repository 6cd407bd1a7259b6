/// What is compiled: text and options.
package struct ProgramSource: Hashable, Sendable {
  /// For messages: the names of the files.
  package let name: String
  package let text: String
  /// Compiler options, for example `-D TILE_M=32`.
  package let options: String

  /// The file that goes before every other.
  package static let prelude = "prelude.clh"

  package init(name: String, text: String, options: String = "") {
    self.name = name
    self.text = text
    self.options = options
  }

  /// The prelude followed by kernel files, each under its own name and line numbers, so that a
  /// build log points at the real place.
  package init(
    kernels files: [String], options: String = "", from sources: KernelSources = .standard
  ) throws(OpenCLError) {
    var text = ""
    for file in [Self.prelude] + files {
      text += "#line 1 \"Kernels/\(file)\"\n"
      text += try sources.text(of: file)
      if text.last?.isNewline == false { text += "\n" }
    }
    self.init(name: files.joined(separator: "+"), text: text, options: options)
  }
}
