/// A dense array on the host, NHWC.
///
/// `Tensor<Double>` is what the oracle computes with; `HostTensor` is what goes to devices and
/// what users see.
public struct Tensor<Element: BinaryFloatingPoint & Sendable>: Sendable {
  public let shape: TensorShape
  public var elements: [Element]

  /// - Precondition: `elements` has `shape.count` elements.
  public init(shape: TensorShape, elements: [Element]) {
    precondition(elements.count == shape.count, "\(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor of equal elements.
  public init(shape: TensorShape, filledWith value: Element) {
    self.init(shape: shape, elements: Array(repeating: value, count: shape.count))
  }

  public subscript(image: Int, row: Int, column: Int, channel: Int) -> Element {
    get { elements[offset(image, row, column, channel)] }
    set { elements[offset(image, row, column, channel)] = newValue }
  }

  private func offset(_ image: Int, _ row: Int, _ column: Int, _ channel: Int) -> Int {
    ((image * shape.height + row) * shape.width + column) * shape.channels + channel
  }
}

/// A Float tensor on the host, NHWC.
public typealias HostTensor = Tensor<Float>

extension Tensor {
  /// Converts from the order that PyTorch stores (batch, channels, height, width).
  public init(shape: TensorShape, channelsFirst source: [Element]) {
    precondition(source.count == shape.count, "\(source.count) elements for shape \(shape)")
    var elements = [Element](repeating: 0, count: shape.count)
    let pixels = shape.height * shape.width
    for image in 0..<shape.batch {
      for channel in 0..<shape.channels {
        let plane = (image * shape.channels + channel) * pixels
        for pixel in 0..<pixels {
          elements[(image * pixels + pixel) * shape.channels + channel] = source[plane + pixel]
        }
      }
    }
    self.init(shape: shape, elements: elements)
  }

  /// The elements in PyTorch's order (batch, channels, height, width).
  public var channelsFirst: [Element] {
    var result = [Element](repeating: 0, count: shape.count)
    let pixels = shape.height * shape.width
    for image in 0..<shape.batch {
      for pixel in 0..<pixels {
        let source = (image * pixels + pixel) * shape.channels
        for channel in 0..<shape.channels {
          result[(image * shape.channels + channel) * pixels + pixel] = elements[source + channel]
        }
      }
    }
    return result
  }
}
