import ArgumentParser
import BigTransfer

/// What may be changed of how images are prepared.
struct PreprocessingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Feed the network squares of this many pixels a side, resized in the same relation to the"
        + " crop as the model's own.",
      valueName: "side"))
  var inputSize: Int?

  @Option(
    help: ArgumentHelp(
      "How images are resized: shortest keeps the proportion, squash does not.",
      valueName: "mode"))
  var resizeMode: ResizeMode?

  @Option(
    help: ArgumentHelp(
      "Cut this out of the middle after resizing: N, HxW, or none.", valueName: "size"))
  var crop: Crop?

  /// - Throws: `CommandFailure` for a size out of bounds.
  func apply(to configuration: inout ImageProcessorConfiguration) throws {
    do {
      if let inputSize { try configuration.setInputSide(inputSize) }
      if let resizeMode { configuration.setResizeMode(resizeMode) }
      switch crop {
      case .size(let size): try configuration.setCrop(size)
      case .off: try configuration.setCrop(nil)
      case nil: break
      }
    } catch {
      let option = error.source.replacing(" ", with: "-")
      throw CommandFailure(.usage, "--\(option): \(error.problem)")
    }
  }

  /// How a model's images are prepared, after the changes.
  func configuration(for model: Model) throws -> ImageProcessorConfiguration {
    var configuration = try model.imageProcessorConfiguration()
    try apply(to: &configuration)
    return configuration
  }

  /// The value of `--crop`.
  enum Crop: Hashable {
    case size(ImageSize)
    case off
  }
}

extension PreprocessingOptions.Crop: ExpressibleByArgument {
  init?(argument: String) {
    if argument == "none" {
      self = .off
    } else if let size = ImageSize(argument: argument) {
      self = .size(size)
    } else {
      return nil
    }
  }
}

extension ResizeMode: ExpressibleByArgument {}

extension ImageSize: ExpressibleByArgument {
  /// `224` or, height first, `224x320`.
  public init?(argument: String) {
    let sides = argument.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(sides.count), let height = sides[0], let width = sides[sides.count - 1],
      height > 0, width > 0
    else { return nil }
    self.init(height: height, width: width)
  }
}
