internal import COpenCL

/// The two-step protocol of every `clGet…Info`: ask for the size, then for the value.
struct InfoQuery {
  typealias Read = (
    _ size: Int, _ value: UnsafeMutableRawPointer?, _ needed: UnsafeMutablePointer<Int>?
  )
    -> Int32

  let call: String
  let device: String?
  let read: Read

  // No honest answer is larger, a build log of 100 MB included; a driver's wrong size must not
  // become our allocation.
  private static let largestAnswer = 1 << 28

  /// A value of a fixed-size C type.
  func value<T: BitwiseCopyable>(_ initial: T) throws(OpenCLError) -> T {
    var value = initial
    let status = withUnsafeMutableBytes(of: &value) { read($0.count, $0.baseAddress, nil) }
    try OpenCLError.check(status, call, device: device)
    return value
  }

  func bytes() throws(OpenCLError) -> [UInt8] {
    try array(of: 0 as UInt8)
  }

  func array<T: BitwiseCopyable>(of zero: T) throws(OpenCLError) -> [T] {
    var size = 0
    try OpenCLError.check(read(0, nil, &size), call, device: device)
    guard size > 0 else { return [] }
    guard size <= Self.largestAnswer else {
      throw OpenCLError(
        .invalidRequest, device: device, detail: "\(call) announced an answer of \(size) bytes")
    }
    let stride = MemoryLayout<T>.stride
    var values = [T](repeating: zero, count: (size + stride - 1) / stride)
    let status = values.withUnsafeMutableBytes { read(size, $0.baseAddress, nil) }
    try OpenCLError.check(status, call, device: device)
    return values
  }

  /// A C string; surrounding blanks, which some drivers put around names, are removed.
  /// - Parameter limit: Bytes that are worth having.
  func string(limit: Int = 1 << 16) throws(OpenCLError) -> String {
    let text = try bytes().prefix(limit).prefix { $0 != 0 }
    return String(decoding: text, as: UTF8.self).trimmed
  }
}

extension InfoQuery {
  static func device(_ id: cl_device_id, _ what: Int32, label: String? = nil) -> InfoQuery {
    InfoQuery(call: "clGetDeviceInfo", device: label) {
      clGetDeviceInfo(id, cl_device_info(what), $0, $1, $2)
    }
  }

  static func platform(_ id: cl_platform_id, _ what: Int32) -> InfoQuery {
    InfoQuery(call: "clGetPlatformInfo", device: nil) {
      clGetPlatformInfo(id, cl_platform_info(what), $0, $1, $2)
    }
  }
}
