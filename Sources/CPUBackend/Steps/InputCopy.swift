import CVectorKernels

/// Copies the input under a block of outputs next to each other, normalised where the convolution
/// asks for it, with the zeros around it: padding counts after the norm.
struct InputCopy {
  private let geometry: ConvolutionGeometry
  private let division: ConvolutionDivision
  private let input: UnsafePointer<Float>
  private let norm: ConvolutionStep.InputNorm?
  private let context: ExecutionContext

  init(step: ConvolutionStep, context: ExecutionContext) {
    geometry = step.geometry
    division = step.division
    input = context.read(step.input)
    norm = step.norm
    self.context = context
  }

  func fill(_ target: UnsafeMutablePointer<Float>, for tile: OutputTile) {
    switch division.form {
    case .direct: break
    case .gathered where geometry.isPointwise:
      copy(pixel: tile.firstPixel, count: tile.pixelCount, image: tile.image, to: target)
    case .gathered: gather(target, for: tile)
    case .window: copyWindow(target, for: tile)
    }
  }

  private func gather(_ target: UnsafeMutablePointer<Float>, for tile: OutputTile) {
    var target = target
    for outputRow in tile.rows {
      let row = outputRow * geometry.stride - geometry.padding.top
      for outputColumn in tile.columns {
        let column = outputColumn * geometry.stride - geometry.padding.left
        copyRow(row, from: column, count: 1, image: tile.image, to: target)
        target += geometry.inputChannels
      }
    }
  }

  private func copyWindow(_ target: UnsafeMutablePointer<Float>, for tile: OutputTile) {
    let reach = (geometry.kernel - 1) * geometry.dilation + 1
    let firstRow = tile.rows.lowerBound * geometry.stride - geometry.padding.top
    let rows = (tile.rows.count - 1) * geometry.stride + reach
    for row in 0..<rows {
      copyRow(
        firstRow + row, from: -geometry.padding.left, count: division.tileWidth,
        image: tile.image, to: target + row * division.tileWidth * geometry.inputChannels)
    }
  }

  /// Copies part of a row, which may reach beyond the image on all sides.
  private func copyRow(
    _ row: Int, from column: Int, count: Int, image: Int, to target: UnsafeMutablePointer<Float>
  ) {
    let channels = geometry.inputChannels
    let inside = max(column, 0)..<max(min(column + count, geometry.inputWidth), max(column, 0))
    guard row >= 0, row < geometry.inputHeight, !inside.isEmpty else {
      target.update(repeating: 0, count: count * channels)
      return
    }
    let before = inside.lowerBound - column
    target.update(repeating: 0, count: before * channels)
    copy(
      pixel: (image * geometry.inputHeight + row) * geometry.inputWidth + inside.lowerBound,
      count: inside.count, image: image, to: target + before * channels)
    let copied = before + inside.count
    (target + copied * channels).update(repeating: 0, count: (count - copied) * channels)
  }

  private func copy(
    pixel: Int, count: Int, image: Int, to target: UnsafeMutablePointer<Float>
  ) {
    let channels = geometry.inputChannels
    let source = input + pixel * channels
    if let norm {
      norm.coefficients.normalize(
        source, to: target, pixels: count, image: image, rectifies: norm.rectifies, in: context)
    } else {
      target.update(from: source, count: count * channels)
    }
  }
}
