import BigTransfer

/// The input tensor of a safetensors file.
enum PixelValues {
  static let name = "pixel_values"

  /// Elements of the largest input tensor: what 'bitcl validate' accepts too.
  static let elementLimit = GoldenFile.inputElementLimit

  /// Images of one size that become one tensor, [N, C, H, W].
  struct Batch {
    /// How many there will be.
    let imageCount: Int
    private var first: (name: String, shape: TensorShape)?
    private var count = 0
    private var elements: [Float] = []

    init(imageCount: Int) { self.imageCount = imageCount }

    var isEmpty: Bool { count == 0 }

    /// - Parameters:
    ///   - shape: [1, H, W, C].
    ///   - image: [C, H, W].
    /// - Throws: `CommandFailure` where the images' sizes differ, or are too large together.
    mutating func append(
      _ shape: TensorShape, _ image: [Float], name: String
    ) throws(CommandFailure) {
      if let first, first.shape != shape {
        throw CommandFailure(
          .imagesFailed,
          "\(name) becomes \(shape.height)x\(shape.width) pixels, but \(first.name)"
            + " \(first.shape.height)x\(first.shape.width); one tensor needs one size."
            + " Prepare them one by one, or give --crop")
      }
      guard shape.count * imageCount <= PixelValues.elementLimit else {
        throw PixelValues.tooLarge(
          shape.count * imageCount, "the tensor of \(imageCount) images")
      }
      if first == nil {
        first = (name, shape)
        elements.reserveCapacity(shape.count * imageCount)
      }
      elements += image
      count += 1
    }

    var entry: SafetensorsWriter.Entry {
      let shape = first?.shape ?? TensorShape(batch: 1, height: 0, width: 0, channels: 0)
      return SafetensorsWriter.Entry(
        name: PixelValues.name, shape: [count, shape.channels, shape.height, shape.width],
        elements: elements)
    }
  }

  /// - Parameter model: What the tensor must suit; checked before its elements are read.
  /// - Returns: [N, H, W, C].
  /// - Throws: `CheckpointError` if it is not a sound safetensors file; `CommandFailure` if it
  ///   holds no usable `pixel_values`.
  static func read(_ path: String, for model: Model) throws -> HostTensor {
    let file = try open(path)
    guard let shape = file.shape(of: name) else {
      throw CommandFailure(
        .invalidData,
        "\(path) has no tensor \(name). Write one with 'bitcl preprocess', or with safetensors")
    }
    guard file.elementType(of: name) == "F32" else {
      let type = file.elementType(of: name) ?? "unknown"
      throw CommandFailure(
        .invalidData, "\(path): \(name) is of type \(type). Store it as F32")
    }
    guard shape.count == 4 else {
      throw CommandFailure(
        .invalidData,
        "\(path): \(name) has the shape \(shape). Store it as [N, C, H, W]")
    }
    let extent = TensorShape(
      batch: shape[0], height: shape[2], width: shape[3], channels: shape[1])
    do {
      _ = try model.network.shapes(forInput: extent)
    } catch {
      throw CommandFailure(.invalidData, "\(path) and \(model.name): \(error)")
    }
    guard extent.count <= elementLimit else { throw tooLarge(extent.count, "\(path): \(name)") }
    return HostTensor(shape: extent, channelsFirst: try file.read(name))
  }

  /// - Parameter subject: The tensor, or the images that it would be made of.
  static func tooLarge(_ count: Int, _ subject: String) -> CommandFailure {
    CommandFailure(
      .invalidData,
      "\(subject) has \(count) elements, more than the limit of \(elementLimit)."
        + " Use fewer images at a time, or smaller ones")
  }

  private static func open(_ path: String) throws -> SafetensorsFile {
    do {
      return try SafetensorsFile(path: path)
    } catch {
      guard case .notFound = error else { throw error }
      throw CommandFailure(
        .notFound, "\(path) does not exist. Give a safetensors file that holds \(name)")
    }
  }
}
