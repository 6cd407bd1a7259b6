/// Why a picture could not be used, with the file that it concerns and what to do about it.
public struct ImageError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file or other source, as the caller named it.
  public var file: String
  public var reason: Reason

  public enum Reason: Error, Sendable, Equatable {
    /// The file cannot be opened or read; the text is the system's.
    case unreadable(String)
    case isDirectory
    /// A pipe, socket or device.
    case notRegularFile
    case fileTooLarge(bytes: Int, limit: Int)
    case emptyFile
    /// The first bytes are those of another kind of file.
    case notSupported(ImageKind)
    /// A JPEG, PNG or WebP of a variety that the decoder does not read.
    case unsupportedVariety(ImageKind, detail: String)
    case truncated(ImageKind, detail: String)
    case corrupt(ImageKind, detail: String)
    /// The header announces more pixels than the limit.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// The file, the picture and its decoder would take more memory than the limit.
    case tooMuchMemory(bytes: Int, limit: Int)
    /// A side is zero.
    case emptyPicture(width: Int, height: Int)
    case wrongSampleCount(expected: Int, found: Int)
    /// The configured resizing would give a picture without pixels, or with too many.
    case impossibleResize(width: Int, height: Int, toWidth: Int, toHeight: Int, limit: Int)
    /// The network's input would have more pixels than the limit.
    case inputTooLarge(width: Int, height: Int, limit: Int)
    /// The picture is larger than the size to which it should be padded.
    case largerThanPadding(width: Int, height: Int, padding: ImageSize)
  }

  public init(file: String, reason: Reason) {
    self.file = file
    self.reason = reason
  }

  public var description: String { "\(file): \(reason.text)" }
}

extension ImageError.Reason {
  /// What happened, and what to do.
  fileprivate var text: String {
    switch self {
    case .unreadable(let message):
      "cannot be read: \(message). Check the path and its permissions."
    case .isDirectory:
      "is a folder, not an image. Name the images in it, or search it with 'bitcl classify -r'."
    case .notRegularFile:
      "is a pipe, socket or device, not a file. Pass such data on standard input."
    case .fileTooLarge(let bytes, let limit):
      "has \(bytes) bytes, more than the limit of \(limit) for an image file. Save it compressed."
    case .emptyFile:
      "is empty. Copy or download it again."
    case .notSupported(let kind):
      ImageError.Reason.text(notSupported: kind)
    case .unsupportedVariety(let kind, let detail):
      "is a \(kind.rawValue) of an unsupported kind (\(detail)). Save it as 8-bit JPEG or PNG."
    case .truncated(let kind, let detail):
      "is a truncated \(kind.rawValue): \(detail). Copy or download it again."
    case .corrupt(let kind, let detail):
      "is a corrupt \(kind.rawValue): \(detail). Copy or download it again, or save it anew."
    case .tooManyPixels, .tooMuchMemory, .emptyPicture, .wrongSampleCount, .impossibleResize,
      .inputTooLarge, .largerThanPadding:
      sizeText
    }
  }

  private static func text(notSupported kind: ImageKind) -> String {
    switch kind {
    case .webP:
      "is a WebP, which this build does not read. Convert it to PNG or JPEG, "
        + "or build with the package trait WebP."
    case .unknown:
      "is not an image: its first bytes belong to no known format. Expected PNG or JPEG."
    case .text, .html, .svg, .pdf, .zip, .gzip:
      "is not a bitmap image but \(kind.rawValue). Expected PNG or JPEG."
    default:
      "is a \(kind.rawValue), which is not supported. Convert it to PNG or JPEG."
    }
  }

  private var sizeText: String {
    switch self {
    case .tooManyPixels(let width, let height, let limit):
      "announces \(width)x\(height) pixels, more than the limit of \(limit). "
        + "Scale it down first."
    case .tooMuchMemory(let bytes, let limit):
      "would take \(bytes) bytes to decode, more than the limit of \(limit). "
        + "Scale it down, or save it without progressive or interlaced coding."
    case .emptyPicture(let width, let height):
      "has no pixels (\(width)x\(height))."
    case .wrongSampleCount(let expected, let found):
      "have \(found) samples instead of width * height * 3 = \(expected)."
    case .impossibleResize(let width, let height, let toWidth, let toHeight, let limit):
      "of \(width)x\(height) pixels would be resized to \(toWidth)x\(toHeight); each side must "
        + "be at least 1 and the area at most \(limit). Crop the image, or choose another size."
    case .inputTooLarge(let width, let height, let limit):
      "would become an input of \(width)x\(height) pixels, more than the limit of \(limit). "
        + "Crop it, or choose a smaller size."
    case .largerThanPadding(let width, let height, let padding):
      "gives \(width)x\(height) pixels, more than pad_size \(padding.width)x\(padding.height) "
        + "of the preprocessor configuration."
    default: ""
    }
  }
}
