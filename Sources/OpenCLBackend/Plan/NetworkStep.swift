import BiTModel
import OpenCLRuntime

/// One step of a plan that is one launch: `network_step` of `network_vector.cl`, field by field.
struct NetworkStep: BitwiseCopyable {
  /// The kernel's STEP_… numbers.
  enum Operation: Int32 {
    case convolution = 0
    case denseConvolution = 1
    case maxPool = 2
    case moments = 3
    case coefficients = 4
    case globalAveragePool = 5
    case linear = 6
    case winogradConvolution = 7
    case pointwiseConvolution = 8
  }

  /// Floats into the plan's arena, and from one image to the next.
  struct Operand: BitwiseCopyable {
    var offset: Int64 = 0
    var stride: Int64 = 0
  }

  /// Floats into one of the weights' buffers.
  struct Place: BitwiseCopyable {
    var offset: Int64 = 0
    var buffer: Int64 = 0
  }

  var x = Operand()
  var coefficients = Operand()
  var residual = Operand()
  var y = Operand()
  var partials = Operand()
  var weight = Place()
  var bias = Place()
  /// Operation, tiles of an image, first of what is awaited, how many.
  var work: SIMD4<Int32>
  /// The first claim, and what makes an image done: a convolution's channel blocks in all its tiles of pixels, or
  /// tiles.
  var count: SIMD4<Int32> = .zero
  /// Images a tile, elements a tile (none of a convolution), padding at the top and left.
  var cut: SIMD4<Int32> = .zero
  /// Height, width, channels, pixel stride.
  var input: SIMD4<Int32> = .zero
  var output: SIMD4<Int32> = .zero
  var window: SIMD4<Int32> = .zero
  var tile: SIMD4<Int32> = .zero
  var activation: SIMD4<Float> = .zero
  var epsilon: SIMD4<Float> = .zero

  init(_ operation: Operation, tiles: Int) {
    work = SIMD4(operation.rawValue, Int32(tiles), 0, 0)
    count.y = Int32(tiles)
  }

  /// Cuts `count` elements into parts of one size, a multiple of `unit`, but for the last.
  static func parts(_ count: Int, atMost parts: Int, of unit: Int) -> (count: Int, size: Int) {
    let size = ((count + parts - 1) / max(1, parts)).roundedUp(to: unit)
    return ((count + size - 1) / size, size)
  }

  static func unsupported(_ name: String) -> OpenCLError {
    OpenCLError(.invalidRequest, detail: "\(name) cannot be part of one launch")
  }
}

/// An operation that `network_vector.cl` computes.
protocol NetworkOperation {
  /// How many tiles an image is cut into; nil where the operation needs a launch of its own.
  func tiles(_ blueprint: ExecutionPlan.Blueprint) -> Int?

  /// Of how many images a tile is.
  var imagesTogether: Int { get }

  /// - Parameter tiles: What `tiles(_:)` said.
  func networkStep(
    _ plan: PlanContext, tiles: Int, queue: borrowing CommandQueue
  ) throws -> NetworkStep
}

extension NetworkOperation {
  var imagesTogether: Int { 1 }
}

extension PlanContext {
  /// Where a region lies, or what stands in for it where it is not used.
  func operand(_ role: PlanBuffers.Role?) -> NetworkStep.Operand {
    let float = MemoryLayout<Float>.stride
    guard let role, let place = buffers.place(of: role) else {
      let unused = buffers.place(of: .unused)
      return NetworkStep.Operand(offset: Int64((unused?.offset ?? 0) / float), stride: 0)
    }
    return NetworkStep.Operand(
      offset: Int64(place.offset / float), stride: Int64(place.imageStride / float))
  }

  func place(_ entry: ResidentWeights.Entry) throws(OpenCLError) -> NetworkStep.Place {
    guard let place = entry.place else { throw NetworkStep.unsupported("a parameter") }
    return NetworkStep.Place(
      offset: Int64(place.offset / MemoryLayout<Float>.stride), buffer: Int64(place.buffer))
  }
}
