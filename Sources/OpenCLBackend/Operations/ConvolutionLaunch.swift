import BiTModel
import OpenCLRuntime

/// How one convolution of a plan is launched: with which kernel, cut how.
struct ConvolutionLaunch: Hashable, Sendable {
  enum Form: Hashable, Sendable {
    case vector(VectorConvolutionTuning, VectorTile, dense: Bool)
    case tiled(TiledConvolutionTuning)
    case reference
  }

  let form: Form
  let convolution: Convolution
  /// The extents that the kernel is told: a 1x1 convolution's pixels count as one row.
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
    let isPointwise =
      convolution.kernel == 1 && convolution.stride == 1
      && input.shape.height == output.shape.height && input.shape.width == output.shape.width
    self.input = isPointwise ? input.asOneRow : input
    self.output = isPointwise ? output.asOneRow : output
    switch kernels {
    case .reference: form = .reference
    case .tiled(let tuning): form = .tiled(tuning)
    case .vector(let tuning, let fallback, _):
      let chooser = VectorTileChooser(
        tuning: tuning, computeUnits: limits.computeUnits, localMemory: limits.localMemory)
      let problem = VectorTileChooser.Problem(
        outputHeight: self.output.shape.height, outputWidth: self.output.shape.width,
        inputStride: input.pixelStride, outputStride: output.pixelStride,
        kernel: convolution.kernel, stride: convolution.stride,
        dilation: convolution.dilation, isDense: isImage)
      form =
        chooser.tile(for: problem, batch: input.shape.batch).map {
          .vector(tuning, $0, dense: isImage)
        } ?? .tiled(fallback)
    }
  }

  var tiling: MomentsTiling {
    switch form {
    case .vector(_, let tile, _):
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
    case .tiled, .reference: WeightPacking(plain: convolution)
    }
  }

  /// The tile parameters, for people.
  var parameters: String {
    switch form {
    case .vector(let tuning, let tile, let dense):
      "VECTOR=\(tuning.vector) MICRO_PIXELS=\(tuning.microPixels) DENSE=\(dense ? 1 : 0), tile"
        + " \(tile.rows)x\(tile.columns), \(tile.blocksPerGroup) channel blocks a group"
    case .tiled(let tuning):
      tuning.buildOptions.replacing("-D ", with: "")
    case .reference: ""
    }
  }

  func program(activation: ActivationFunction) -> ProgramRequest {
    switch form {
    case .vector(let tuning, _, let dense):
      ProgramRequest(
        "conv2d_vector.cl", activation: activation,
        options: tuning.buildOptions + " -D DENSE=\(dense ? 1 : 0)")
    case .tiled(let tuning):
      ProgramRequest("conv2d_tiled.cl", activation: activation, options: tuning.buildOptions)
    case .reference: ProgramRequest("conv2d_ref.cl")
    }
  }
}

extension DeviceTensor {
  fileprivate var asOneRow: DeviceTensor {
    DeviceTensor(
      TensorShape(batch: shape.batch, height: 1, width: pixels, channels: shape.channels),
      channelAlignment: pixelStride)
  }
}
