internal import COpenCL

/// Compiled kernels. Owns its `cl_program`.
package struct Program: ~Copyable, @unchecked Sendable {
  // Sendable: after the build nothing changes, and clCreateKernel may come from any thread.
  package let name: String
  /// Whether the binary came from the cache on disk.
  package let isFromCache: Bool
  let handle: cl_program
  private let context: Context
  private var device: Device { context.device }

  /// The most of a build log that an error carries, in characters.
  package static let longestLog = 4000

  /// Compiles for the context's device, or loads what an earlier process compiled.
  ///
  /// Blocks as long as the driver's compiler takes; `ProgramBuilder` limits the time and builds
  /// several at once.
  package init(
    _ source: ProgramSource, in context: Context, cache: ProgramCache? = nil
  ) throws(OpenCLError) {
    let key = cache.map { _ in ProgramKey(source, on: context.device) }
    if let cache, let key, let binary = cache.binary(for: key),
      let handle = Self.load(binary, source, context)
    {
      self.init(handle, source.name, context, isFromCache: true)
      context.counterStore.update { $0.programsLoaded += 1 }
      return
    }
    let handle = try Self.compile(source, context)
    self.init(handle, source.name, context, isFromCache: false)
    context.counterStore.update { $0.programsBuilt += 1 }
    if let cache, let key, let binary = binaryAfterCreatingKernels() {
      cache.store(binary, for: key)
    }
  }

  private init(_ handle: cl_program, _ name: String, _ context: Context, isFromCache: Bool) {
    self.handle = handle
    self.name = name
    self.context = context
    self.isFromCache = isFromCache
  }

  deinit {
    context.release(handle) { clReleaseProgram($0) }
  }

  /// A kernel with no argument set.
  package func makeKernel(_ kernel: String) throws(OpenCLError) -> Kernel {
    var status: cl_int = 0
    let created = clCreateKernel(handle, kernel, &status)
    guard status == CL_SUCCESS, let created else {
      throw .call(
        "clCreateKernel", OpenCLStatus(status), device: device.label,
        detail: "kernel \(kernel) of program \(name)")
    }
    return try Kernel(handle: created, name: kernel, context: context)
  }

  private static func compile(
    _ source: ProgramSource, _ context: Context
  ) throws(OpenCLError) -> cl_program {
    let label = context.device.label
    var status: cl_int = 0
    var text = source.text
    let program = text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        var start = characters.baseAddress
        var length = characters.count
        return clCreateProgramWithSource(context.handle, 1, &start, &length, &status)
      }
    }
    try OpenCLError.check(status, "clCreateProgramWithSource", device: label)
    guard let program else {
      throw .call("clCreateProgramWithSource", .invalidValue, device: label, detail: "no handle")
    }
    let result = build(program, source.options, context)
    guard result == CL_SUCCESS else {
      let log = buildLog(of: program, context.device)
      context.release(program) { clReleaseProgram($0) }
      throw OpenCLError(
        .buildFailed(program: source.name, status: OpenCLStatus(result)), device: label,
        detail: log.isEmpty ? "the driver left no log; options: \(source.options)" : log)
    }
    return program
  }

  /// A program from a binary that the cache kept, or nil if the driver refuses it.
  private static func load(
    _ binary: [UInt8], _ source: ProgramSource, _ context: Context
  ) -> cl_program? {
    var status: cl_int = 0
    var loaded: cl_int = 0
    var id: cl_device_id? = context.device.handle.raw
    var length = binary.count
    let program = binary.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return clCreateProgramWithBinary(
        context.handle, 1, &id, &length, &start, &loaded, &status)
    }
    guard let program else { return nil }
    guard status == CL_SUCCESS, loaded == CL_SUCCESS,
      build(program, source.options, context) == CL_SUCCESS, kernelCount(of: program) > 0
    else {
      context.release(program) { clReleaseProgram($0) }
      return nil
    }
    return program
  }

  private static func build(
    _ program: cl_program, _ options: String, _ context: Context
  ) -> cl_int {
    var id: cl_device_id? = context.device.handle.raw
    return clBuildProgram(program, 1, &id, options, nil, nil)
  }

  /// The beginning of the log, where compilers put the first error.
  private static func buildLog(of program: cl_program, _ device: Device) -> String {
    let query = InfoQuery(call: "clGetProgramBuildInfo", device: device.label) {
      clGetProgramBuildInfo(
        program, device.handle.raw, cl_program_build_info(CL_PROGRAM_BUILD_LOG), $0, $1, $2)
    }
    let log = (try? query.string(limit: 4 * longestLog)) ?? ""
    guard let end = log.index(log.startIndex, offsetBy: longestLog, limitedBy: log.endIndex),
      end < log.endIndex
    else { return log }
    return log[..<end] + "\n[…]"
  }

  /// The number of kernels; 0 where the driver does not say, or says something absurd.
  private static func kernelCount(of program: cl_program) -> Int {
    var count: cl_uint = 0
    guard clCreateKernelsInProgram(program, 0, nil, &count) == CL_SUCCESS, count < 1024 else {
      return 0
    }
    return Int(count)
  }

  /// The device's code, or nil where the driver has none to give.
  ///
  /// Kernels are created first, since some drivers compile no earlier than that.
  private func binaryAfterCreatingKernels() -> [UInt8]? {
    let count = Self.kernelCount(of: handle)
    guard count > 0 else { return nil }
    var kernels = [cl_kernel?](repeating: nil, count: count)
    guard clCreateKernelsInProgram(handle, cl_uint(count), &kernels, nil) == CL_SUCCESS else {
      return nil
    }
    for case let kernel? in kernels { context.release(kernel) { clReleaseKernel($0) } }

    let sizes = InfoQuery(call: "clGetProgramInfo", device: device.label) { [handle] in
      clGetProgramInfo(handle, cl_program_info(CL_PROGRAM_BINARY_SIZES), $0, $1, $2)
    }
    guard let sizes = try? sizes.array(of: 0 as Int), let size = sizes.first, sizes.count == 1,
      size > 0, size <= ProgramCache.largestBinary
    else { return nil }
    var binary = [UInt8](repeating: 0, count: size)
    let status = binary.withUnsafeMutableBufferPointer { bytes in
      var start = bytes.baseAddress
      return clGetProgramInfo(
        handle, cl_program_info(CL_PROGRAM_BINARIES), MemoryLayout.size(ofValue: start), &start, nil
      )
    }
    return status == CL_SUCCESS ? binary : nil
  }
}
