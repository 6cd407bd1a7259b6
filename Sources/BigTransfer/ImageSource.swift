import BiTModel
import ImageInput

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An image to classify, in one of the forms that callers have it.
public enum ImageSource: Sendable {
  /// The path of an image file.
  case file(String)
  /// The bytes of an image file, and how errors are to call it.
  case data(Data, name: String = "data")
  /// Rows from top to bottom without padding; red, green and blue of a pixel next to each other:
  /// `width * height * 3` samples.
  case rgb8([UInt8], width: Int, height: Int)
  /// A preprocessed image, [1, H, W, C].
  case tensor(HostTensor)

  /// What results and errors call the image.
  public var name: String {
    switch self {
    case .file(let path): path
    case .data(_, let name): name
    case .rgb8(_, let width, let height): "\(width)x\(height) pixels"
    case .tensor(let tensor): "tensor \(tensor.shape)"
    }
  }

  public static func file(_ url: URL) -> ImageSource { .file(url.path) }
}

extension ImagePreprocessor {
  /// The tensor that a network reads, [1, H, W, C].
  /// - Throws: `ImageError`, `ClassifierError.notOneImage`.
  package func tensor(for source: ImageSource) throws -> HostTensor {
    switch source {
    case .file(let path):
      return try tensor(contentsOfFile: path)
    case .data(let data, let name):
      return try tensor(decoding: [UInt8](data), name: name)
    case .rgb8(let pixels, let width, let height):
      return try tensor(RGBImage(width: width, height: height, pixels: pixels))
    case .tensor(let tensor):
      guard tensor.shape.batch == 1 else { throw ClassifierError.notOneImage(tensor.shape) }
      return tensor
    }
  }
}
