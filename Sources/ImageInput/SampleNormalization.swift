import BiTModel

/// Rescaling and normalising, which depend on nothing but a sample's value and channel, as tables.
///
/// `float32(float64(sample) * factor)`, then `(x - mean) / deviation` in float32: the order and
/// the precisions of transformers' `image_transforms.py`. torchvision's `sample / 255` in float32,
/// which timm uses, gives the same bits for all 256 samples.
struct SampleNormalization: Sendable {
  /// 256 values for each of red, green and blue.
  private let values: [Float]
  private let fillColor: [UInt8]

  init(_ configuration: ImageProcessorConfiguration) {
    var values: [Float] = []
    values.reserveCapacity(RGBImage.channels * 256)
    for channel in 0..<RGBImage.channels {
      let mean = Float(configuration.mean[channel])
      let deviation = Float(configuration.standardDeviation[channel])
      for sample in 0..<256 {
        let rescaled =
          configuration.rescales
          ? Float(Double(sample) * configuration.rescaleFactor) : Float(sample)
        values.append(configuration.normalizes ? (rescaled - mean) / deviation : rescaled)
      }
    }
    self.values = values
    fillColor = configuration.fillColor
  }

  /// Puts a picture onto a crop of the fill colour, and that onto a canvas of zeros after
  /// normalising.
  ///
  /// - Returns: [1, H, W, 3] of the canvas's size.
  func tensor(
    _ image: RGBImage, top: Int, left: Int, crop: ImageSize, canvas: ImageSize
  ) -> HostTensor {
    let shape = TensorShape(
      batch: 1, height: canvas.height, width: canvas.width, channels: RGBImage.channels)
    let elements = [Float](unsafeUninitializedCapacity: shape.count) { elements, count in
      if image.size != canvas {
        elements.initialize(repeating: 0)
        if image.size != crop {
          put(RGBImage(crop, filledWith: fillColor), into: elements, top: 0, left: 0, canvas)
        }
      }
      put(image, into: elements, top: top, left: left, canvas)
      count = shape.count
    }
    return HostTensor(shape: shape, elements: elements)
  }

  private func put(
    _ image: RGBImage, into elements: UnsafeMutableBufferPointer<Float>, top: Int, left: Int,
    _ canvas: ImageSize
  ) {
    values.withUnsafeBufferPointer { values in
      image.pixels.withUnsafeBufferPointer { samples in
        let rowSamples = image.width * RGBImage.channels
        for row in 0..<image.height {
          let source = row * rowSamples
          let target = ((top + row) * canvas.width + left) * RGBImage.channels
          for offset in stride(from: 0, to: rowSamples, by: RGBImage.channels) {
            elements[target + offset] = values[Int(samples[source + offset])]
            elements[target + offset + 1] = values[256 + Int(samples[source + offset + 1])]
            elements[target + offset + 2] = values[512 + Int(samples[source + offset + 2])]
          }
        }
      }
    }
  }
}
