import BiTModel
import OpenCLRuntime

/// How one convolution of a plan is launched: with which kernel, cut how.
struct ConvolutionLaunch: Hashable, Sendable {
  enum Form: Hashable, Sendable {
    case vector(VectorConvolutionTuning, VectorTile, dense: Bool)
    case pointwise(VectorConvolutionTuning, VectorTile)
    case winograd(VectorConvolutionTuning, VectorTile)
    case tiled(TiledConvolutionTuning)
    case reference
  }

  let form: Form
  let convolution: Convolution
  /// The extents that the kernel is told: a 1x1 convolution's pixels count as one row, those of the input where
  /// none is left out.
  let input: DeviceTensor
  let output: DeviceTensor
  let before: (top: Int, left: Int)

  static func == (a: Self, b: Self) -> Bool {
    a.form == b.form && a.convolution == b.convolution && a.input == b.input
      && a.output == b.output
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(form)
    hasher.combine(convolution)
  }

  init(
    _ convolution: Convolution, input: DeviceTensor, output: DeviceTensor, isImage: Bool,
    kernels: KernelSet, limits: DeviceLimits
  ) {
    self.convolution = convolution
    before = convolution.paddingBefore(input.shape)
    let isPointwise = convolution.isPointwise(from: input.shape, to: output.shape)
    let isRow = isPointwise && convolution.stride == 1
    let form = Self.form(
      convolution, input: input,
      output: isRow || (isPointwise && !isImage) ? output.asOneRow : output, isImage: isImage,
      isPointwise: isPointwise && !isImage, kernels: kernels, limits: limits)
    let isPointwiseForm = if case .pointwise = form { true } else { false }
    self.form = form
    self.input = isRow ? input.asOneRow : input
    self.output = isRow || isPointwiseForm ? output.asOneRow : output
  }

  private static func form(
    _ convolution: Convolution, input: DeviceTensor, output: DeviceTensor, isImage: Bool,
    isPointwise: Bool, kernels: KernelSet, limits: DeviceLimits
  ) -> Form {
    switch kernels {
    case .reference: return .reference
    case .tiled(let tuning): return .tiled(tuning)
    case .vector(let tuning, let fallback, _):
      var chooser = VectorTileChooser(
        tuning: tuning, computeUnits: limits.computeUnits, localMemory: limits.localMemory)
      let problem = VectorTileChooser.Problem(
        outputHeight: output.shape.height, outputWidth: output.shape.width,
        inputStride: input.pixelStride, outputStride: output.pixelStride,
        kernel: convolution.kernel, stride: convolution.stride,
        dilation: convolution.dilation, isDense: isImage, isPointwise: isPointwise)
      chooser.method = ConvolutionMethod.best(for: problem, by: chooser)
      return switch (chooser.method, chooser.tile(for: problem, batch: input.shape.batch)) {
      case (.direct, let tile?): .vector(tuning, tile, dense: isImage)
      case (.pointwise, let tile?): .pointwise(tuning, tile)
      case (.winograd, let tile?): .winograd(tuning, tile)
      case (_, nil): .tiled(fallback)
      }
    }
  }

  /// How the vector kernels cut it; nil for others.
  var vectorTile: (tuning: VectorConvolutionTuning, tile: VectorTile)? {
    switch form {
    case .vector(let tuning, let tile, _), .pointwise(let tuning, let tile),
      .winograd(let tuning, let tile):
      (tuning, tile)
    case .tiled, .reference: nil
    }
  }

  /// What it is in a plan that is one launch.
  var networkOperation: NetworkStep.Operation {
    switch form {
    case .winograd: .winogradConvolution
    case .pointwise: .pointwiseConvolution
    case .vector(_, _, dense: true): .denseConvolution
    case .vector, .tiled, .reference: .convolution
    }
  }

  var tiling: MomentsTiling {
    switch form {
    case .vector(_, let tile, _), .pointwise(_, let tile), .winograd(_, let tile):
      MomentsTiling(
        height: output.shape.height, width: output.shape.width, rows: tile.rows,
        columns: tile.columns)
    case .tiled(let tuning): MomentsTiling(pixels: output.pixels, tile: tuning.tileM)
    case .reference: MomentsTiling(pixels: output.pixels, tile: output.pixels)
    }
  }

  var packing: WeightPacking {
    switch form {
    case .vector(let tuning, _, let dense):
      WeightPacking(vector: tuning, convolution, dense: dense)
    case .pointwise(let tuning, _): WeightPacking(vector: tuning, convolution, dense: false)
    case .winograd(let tuning, _): WeightPacking(winograd: tuning, convolution)
    case .tiled, .reference: WeightPacking(plain: convolution)
    }
  }

  /// The tile parameters, for people.
  var parameters: String {
    switch form {
    case .vector(let tuning, let tile, let dense):
      "VECTOR=\(tuning.vector) MICRO_PIXELS=\(tuning.microPixels) DENSE=\(dense ? 1 : 0), tile"
        + " \(tile.rows)x\(tile.columns), \(tile.blocksPerGroup) channel blocks a group"
    case .pointwise(let tuning, let tile):
      "VECTOR=\(tuning.vector) MICRO_PIXELS=\(tuning.microPixels), tile of \(tile.columns),"
        + " \(tile.blocksPerGroup) channel blocks a group"
    case .winograd(let tuning, let tile):
      "VECTOR=\(tuning.vector) MICRO_PIXELS=\(tuning.microPixels), tile"
        + " \(tile.rows)x\(tile.columns) of \(tile.images), \(tile.blocksPerGroup) channel blocks a group"
    case .tiled(let tuning):
      tuning.buildOptions.replacing("-D ", with: "")
    case .reference: ""
    }
  }

  func program(activation: ActivationFunction) -> ProgramRequest {
    switch form {
    case .vector(let tuning, _, let dense):
      Self.vectorProgram(tuning, dense: dense, activation: activation)
    case .pointwise(let tuning, _): Self.pointwiseProgram(tuning, activation: activation)
    case .winograd(let tuning, _): Self.winogradProgram(tuning, activation: activation)
    case .tiled(let tuning):
      ProgramRequest("conv2d_tiled.cl", activation: activation, options: tuning.buildOptions)
    case .reference: ProgramRequest("conv2d_ref.cl")
    }
  }

  /// The register tile, which the vector kernels share.
  static let registerTile = "vector_tile.clh"
  /// What stands before `conv2d_winograd.cl` as well.
  static let winogradSquares = "winograd_squares.clh"

  static func vectorProgram(
    _ tuning: VectorConvolutionTuning, dense: Bool, activation: ActivationFunction
  ) -> ProgramRequest {
    ProgramRequest(
      [registerTile, "conv2d_vector.cl"], activation: activation,
      options: tuning.buildOptions + " -D DENSE=\(dense ? 1 : 0)")
  }

  static func pointwiseProgram(
    _ tuning: VectorConvolutionTuning, activation: ActivationFunction
  ) -> ProgramRequest {
    ProgramRequest(
      [registerTile, "conv2d_pointwise.cl"], activation: activation, options: tuning.buildOptions)
  }

  static func winogradProgram(
    _ tuning: VectorConvolutionTuning, activation: ActivationFunction
  ) -> ProgramRequest {
    ProgramRequest(
      [registerTile, winogradSquares, "conv2d_winograd.cl"], activation: activation,
      options: tuning.buildOptions)
  }
}

extension Convolution {
  /// Whether each output pixel has one pixel of the input, every stride-th of every stride-th row, and none is
  /// padding.
  fileprivate func isPointwise(from input: TensorShape, to output: TensorShape) -> Bool {
    kernel == 1 && paddingBefore(input) == (0, 0)
      && output.height == (input.height + stride - 1) / stride
      && output.width == (input.width + stride - 1) / stride
  }
}

extension DeviceTensor {
  fileprivate var asOneRow: DeviceTensor {
    DeviceTensor(
      TensorShape(batch: shape.batch, height: 1, width: pixels, channels: shape.channels),
      channelAlignment: pixelStride)
  }
}
