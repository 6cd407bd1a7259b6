extension ImageProcessorConfiguration {
  /// What is done to a picture, in a line: "shortest side to 256, bicubic, centre crop 224x224".
  public var summary: String {
    var steps: [String] = []
    if resizes {
      switch resizeTarget {
      case .shortestEdge(let edge, let longest):
        steps.append(
          "shortest side to \(edge)" + (longest.map { ", longest at most \($0)" } ?? ""))
      case .exact(let size): steps.append("squashed to \(size.height)x\(size.width)")
      case .fitting(let size): steps.append("fitted into \(size.height)x\(size.width)")
      case .covering(let size): steps.append("made to cover \(size.height)x\(size.width)")
      }
      steps.append("\(resampling)")
    }
    if cropsCenter { steps.append("centre crop \(cropSize.height)x\(cropSize.width)") }
    if let padSize { steps.append("padded to \(padSize.height)x\(padSize.width)") }
    return steps.isEmpty ? "taken as they are" : steps.joined(separator: ", ")
  }
}
