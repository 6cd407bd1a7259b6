import Foundation
import OpenCLRuntime
import Testing

@Suite("Kernel sources")
struct KernelSourcesTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../Kernels").standardizedFileURL

  @Test("every file of Kernels/ is embedded as it is")
  func embedded() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
      .filter { $0.hasSuffix(".cl") || $0.hasSuffix(".clh") }
    #expect(KernelSources.embeddedNames == files.sorted())
    for file in files {
      let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
      #expect(try KernelSources.embedded.text(of: file) == text, "\(file)")
    }
  }

  @Test("a folder replaces the embedded files")
  func folder() throws {
    let folder = try TemporaryFolder()
    try folder.write("int one;\n", to: "prelude.clh")
    try folder.write("int two;", to: "x.cl")
    let source = try ProgramSource(kernels: ["x.cl"], from: .folder(folder.path))
    #expect(
      source.text == """
        #line 1 "Kernels/prelude.clh"
        int one;
        #line 1 "Kernels/x.cl"
        int two;

        """)
  }

  @Test("a missing file is an error that names it")
  func missing() throws {
    for sources in [KernelSources.embedded, .folder("/nonexistent")] {
      let error = try #require(throws: OpenCLError.self) {
        try sources.text(of: "no_such.cl")
      }
      #expect(error.kind == .missingSource("no_such.cl"))
    }
  }
}

extension OnDevice {
  @Suite("Programs")
  struct ProgramTests {
    private let context: Context
    private let builder: ProgramBuilder

    init() throws {
      context = try Context(device: TestDevice.required())
      builder = ProgramBuilder(context: context, cache: nil)
    }

    @Test(
      "every kernel file compiles alone with its default parameters",
      // What calls the functions of all others is compiled behind them.
      arguments: KernelSources.embeddedNames.filter {
        $0.hasSuffix(".cl") && $0 != "network_vector.cl"
      })
    func compilesAlone(file: String) throws {
      let before = Self.headers[file] ?? []
      _ = try builder.build(ProgramSource(kernels: before + [file]))
    }

    private static let headers = [
      "conv2d_pointwise.cl": ["vector_tile.clh"],
      "conv2d_vector.cl": ["vector_tile.clh"],
      "conv2d_winograd.cl": ["vector_tile.clh", "winograd_squares.clh"],
    ]

    @Test("a build failure names file and line")
    func buildFailure() throws {
      let folder = try TemporaryFolder()
      try folder.write("typedef float real;\n\n\n", to: "prelude.clh")
      try folder.write(
        "kernel void broken(global real *y) {\n  y[0] = nonsense;\n}\n", to: "broken.cl")
      let source = try ProgramSource(kernels: ["broken.cl"], from: .folder(folder.path))
      let error = try #require(throws: OpenCLError.self) { try builder.build(source) }
      #expect(error.status == .buildProgramFailure)
      // Oclgrind's log has its own name for every source.
      let place = TestDevice.isOclgrind ? "input.cl:" : "Kernels/broken.cl:2:"
      #expect(error.detail?.contains(place) == true, "\(error)")
      #expect(error.description.hasPrefix("building broken.cl failed"))
    }

    @Test("a build log is bounded")
    func longLog() throws {
      let text = (0..<2000).map { "int f\($0)() { return missing\($0); }\n" }.joined()
      let error = try #require(throws: OpenCLError.self) {
        try builder.build(ProgramSource(name: "long", text: text, options: "-ferror-limit=0"))
      }
      #expect((error.detail?.count ?? 0) <= Program.longestLog + 10)
    }

    @Test("a kernel that the program lacks is an error that names both")
    func missingKernel() throws {
      let program = try builder.build(ProgramSource(kernels: ["fill.cl"]))
      let error = try #require(throws: OpenCLError.self) {
        _ = try program.resource.makeKernel("spill")
      }
      #expect(error.description.contains("kernel spill of program fill.cl"))
    }

    @Test("several programs are built at once, each with its own options and outcome")
    func parallel() throws {
      let sources = (0..<6).map { index in
        ProgramSource(
          name: "p\(index)",
          text: index == 3
            ? "kernel void broken( {" : "kernel void k(global int *y) { *y = VALUE; }",
          options: "-D VALUE=\(index * 10)")
      }
      let queue = try CommandQueue(context: context)
      let buffer = try DeviceBuffer(in: context, byteCount: 4)
      for (index, result) in builder.attempt(sources).enumerated() {
        if index == 3 {
          #expect(throws: OpenCLError.self) { _ = try result.get() }
          continue
        }
        let kernel = try result.get().resource.makeKernel("k")
        try kernel.setArgument(0, buffer)
        try queue.launch(kernel, global: WorkSize(1), local: WorkSize(1))
        #expect(try queue.read(buffer, count: 1) == [Int32(index * 10)])
      }
      #expect(context.counters.programsBuilt == 5)
    }

    @Test("a build that takes longer than its limit is an error")
    func timeLimit() throws {
      var impatient = builder
      impatient.timeLimit = .zero
      // Long enough to compile that no compiler is done at the first look.
      let text = (0..<300).map {
        "kernel void k\($0)(global float *y) { y[0] += sin(y[\($0)]); }\n"
      }
      let error = try #require(throws: OpenCLError.self) {
        try impatient.build(ProgramSource(name: "large", text: text.joined()))
      }
      #expect(error.kind == .timedOut(waitingFor: "building large", seconds: 0))
    }
  }
}

@Suite("Timed workers")
struct TimedWorkersTests {
  @Test("a call that hangs is given up, and the others still get their turn")
  func hang() {
    let outputs = TimedWorkers.run(count: 5, width: 1, limit: .milliseconds(300)) { index in
      if index == 1 { sleep(2) }
      return index * index
    }
    #expect(outputs == [0, nil, 4, 9, 16])
  }

  @Test("nothing to do is done")
  func empty() {
    #expect(TimedWorkers.run(count: 0, width: 4, limit: .seconds(1)) { $0 } == [])
  }
}
