import BiTModel

/// An activation on the device: NHWC, with the channels of a pixel padded to `pixelStride` floats.
struct DeviceTensor: Hashable, Sendable {
  let shape: TensorShape
  /// Floats from one pixel to the next; those beyond the channels are zeros.
  let pixelStride: Int

  init(_ shape: TensorShape, channelAlignment: Int) {
    self.shape = shape
    pixelStride = (shape.channels + channelAlignment - 1) / channelAlignment * channelAlignment
  }

  var pixels: Int { shape.height * shape.width }
  var elementCount: Int { shape.batch * pixels * pixelStride }
  var byteCount: Int { elementCount * MemoryLayout<Float>.stride }

  /// Height, width, channels and pixel stride, as every kernel takes them.
  var extents: SIMD4<Int32> {
    SIMD4(Int32(shape.height), Int32(shape.width), Int32(shape.channels), Int32(pixelStride))
  }

  /// Floats up to the last channel of the last pixel: what is worth downloading.
  var usedElementCount: Int { elementCount - (pixelStride - shape.channels) }

  /// The channels alone, as users see them.
  /// - Parameter elements: `usedElementCount` floats.
  func unpadded(_ elements: [Float]) -> HostTensor {
    guard pixelStride != shape.channels else {
      return HostTensor(shape: shape, elements: elements)
    }
    var result: [Float] = []
    result.reserveCapacity(shape.count)
    for pixel in 0..<shape.batch * pixels {
      result += elements[(pixel * pixelStride)..<(pixel * pixelStride + shape.channels)]
    }
    return HostTensor(shape: shape, elements: result)
  }
}
