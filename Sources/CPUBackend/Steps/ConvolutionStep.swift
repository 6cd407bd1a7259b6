import BiTModel
import CVectorKernels

/// A convolution or linear layer; with it the norm of its input and the sum with a shortcut, where
/// the plan has fused them.
struct ConvolutionStep: PlanStep {
  /// A group norm with at most a ReLU, applied while the input is copied.
  struct InputNorm: Sendable {
    let coefficients: NormCoefficients
    let rectifies: Bool
  }

  let geometry: ConvolutionGeometry
  let division: ConvolutionDivision
  let weights: PackedWeights
  let bias: [Float]?
  let input: TensorSource
  let norm: InputNorm?
  /// Added to the result; of the result's shape.
  let residual: TensorSource?
  let output: WorkspaceBlock
  /// Room for each thread's copied input, where there is any.
  let scratch: WorkspaceBlock?

  static func form(
    of geometry: ConvolutionGeometry, norm: InputNorm?
  ) -> ConvolutionDivision.InputForm {
    if geometry.kernel > 1 { return .window }
    return geometry.isPointwise && norm == nil ? .direct : .gathered
  }

  func execute(in context: ExecutionContext) {
    context.workers.forEach(division.items(batch: geometry.batch)) { item, worker in
      let (block, range) = item.quotientAndRemainder(dividingBy: division.panelRanges)
      let tile = OutputTile(block, geometry: geometry, division: division)
      let source: UnsafePointer<Float>
      if let scratch {
        let copy = context.write(scratch) + worker * division.scratchCount
        InputCopy(step: self, context: context).fill(copy, for: tile)
        source = UnsafePointer(copy)
      } else {
        source = context.read(input) + tile.firstPixel * geometry.inputChannels
      }
      let first = range * division.panelsPerRange
      let panels = first..<min(first + division.panelsPerRange, weights.panels)
      division.pixelOffsets.withUnsafeBufferPointer { pixelOffsets in
        for panel in panels {
          convolve(panel, tile: tile, source: source, pixelOffsets: pixelOffsets, in: context)
        }
      }
    }
  }

  private func convolve(
    _ panel: Int, tile: OutputTile, source: UnsafePointer<Float>,
    pixelOffsets: UnsafeBufferPointer<Int>, in context: ExecutionContext
  ) {
    let firstChannel = panel * weights.panelWidth
    let place = tile.firstPixel * geometry.outputChannels + firstChannel
    for (index, run) in division.depthRuns.enumerated() {
      let isLast = index == division.depthRuns.count - 1
      run.segmentOffsets.withUnsafeBufferPointer { segmentOffsets in
        withOptionalPointer(to: isLast ? bias : nil) { bias in
          var arguments = convolution_panel(
            input: source, pixel_offsets: pixelOffsets.baseAddress, pixels: tile.pixelCount,
            segment_offsets: segmentOffsets.baseAddress, segments: run.segmentOffsets.count,
            segment_length: run.segmentLength,
            weights: weights.panel(panel, row: run.firstRow),
            output: context.write(output) + place, output_stride: geometry.outputChannels,
            channels: min(weights.panelWidth, geometry.outputChannels - firstChannel),
            accumulates: index > 0, bias: bias.map { $0 + firstChannel },
            residual: isLast ? residual.map { context.read($0) + place } : nil)
          context.kernels.table.convolve(&arguments)
        }
      }
    }
  }

  private func withOptionalPointer(
    to values: [Float]?, _ body: (UnsafePointer<Float>?) -> Void
  ) {
    if let values {
      values.withUnsafeBufferPointer { body($0.baseAddress) }
    } else {
      body(nil)
    }
  }
}
