import OpenCLRuntime

/// A kernel with its arguments and launch sizes: one launch of a plan.
final class BoundKernel: CustomStringConvertible {
  /// What it computes, for messages and profiles: a node's name and the kernel's.
  let label: String
  /// Its name, how it was compiled and how it is launched.
  let description: String
  private let kernel: Kernel
  private let global: WorkSize
  private let local: WorkSize
  /// Kernels do not retain the buffers that they are given.
  private let retained: [Shared<DeviceBuffer>]

  init(
    _ kernel: consuming Kernel, label: String, description: String, global: WorkSize,
    local: WorkSize, retaining buffers: [Shared<DeviceBuffer>]
  ) {
    self.label = label
    self.description = description
    self.kernel = kernel
    self.global = global
    self.local = local
    retained = buffers
  }

  func launch(on queue: borrowing CommandQueue) throws(OpenCLError) {
    try queue.launch(kernel, global: global, local: local)
  }

  func launchWithEvent(on queue: borrowing CommandQueue) throws(OpenCLError) -> Event {
    try queue.launchWithEvent(kernel, global: global, local: local)
  }
}

/// One argument of a kernel.
enum KernelArgument {
  case buffer(Shared<DeviceBuffer>)
  case int(Int)
  case int2(SIMD2<Int32>)
  case int4(SIMD4<Int32>)
  case float(Float)
  case float4(SIMD4<Float>)
  /// Bytes of local memory.
  case local(Int)
}

extension BoundKernel {
  /// Makes a kernel of a program and sets its arguments in order.
  /// - Parameter parameters: How it was compiled and how it cuts its work, for people.
  convenience init(
    _ name: String, of program: Shared<Program>, label: String, _ arguments: [KernelArgument],
    global: WorkSize, local: WorkSize, parameters: String = ""
  ) throws(OpenCLError) {
    let kernel = try program.resource.makeKernel(name)
    var buffers: [Shared<DeviceBuffer>] = []
    for (index, argument) in arguments.enumerated() {
      switch argument {
      case .buffer(let buffer):
        try kernel.setArgument(index, buffer.resource)
        buffers.append(buffer)
      case .int(let value): try kernel.setArgument(index, Int32(value))
      case .int2(let value): try kernel.setArgument(index, value)
      case .int4(let value): try kernel.setArgument(index, value)
      case .float(let value): try kernel.setArgument(index, value)
      case .float4(let value): try kernel.setArgument(index, value)
      case .local(let byteCount): try kernel.setLocalMemory(index, byteCount: byteCount)
      }
    }
    self.init(
      kernel, label: "\(label) (\(name))",
      description: name + (parameters.isEmpty ? "" : " \(parameters)")
        + ", \(global) work-items in groups of \(local)", global: global, local: local,
      retaining: buffers)
  }
}
