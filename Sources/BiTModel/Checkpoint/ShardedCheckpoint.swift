import FoundationEssentials

/// A checkpoint split over several files of safetensors or PyTorch's, with the index that
/// transformers writes (`model.safetensors.index.json`, `pytorch_model.bin.index.json`: tensor
/// name → file name).
public struct ShardedCheckpoint: CheckpointReader {
  public let source: String
  private let shards: [String: any CheckpointReader]
  private let shardOfTensor: [String: String]

  /// - Throws: `CheckpointError` if the index or a shard is missing, damaged, or they disagree.
  public init(indexPath: String) throws(CheckpointError) {
    source = indexPath
    let bytes = try FileReader.contents(ofFile: indexPath, limit: ShardIndex.byteLimit)
    let index = try ShardIndex(json: Data(bytes), file: indexPath)
    shardOfTensor = index.fileOfTensor
    let folder = indexPath.prefix(through: indexPath.lastIndex(of: "/") ?? indexPath.startIndex)
    let directory = indexPath.contains("/") ? String(folder) : ""
    var shards: [String: any CheckpointReader] = [:]
    for name in index.files {
      do throws(CheckpointError) {
        shards[name] = try WeightsFile.openSingle(path: directory + name)
      } catch .notFound {
        throw .malformed(file: indexPath, reason: "it names \(name), which is not beside it")
      } catch { throw error }
    }
    for (tensor, name) in shardOfTensor.sorted(by: { $0.key < $1.key })
    where shards[name]?.shape(of: tensor) == nil {
      throw .malformed(file: indexPath, reason: "\(name) does not hold the tensor \(tensor)")
    }
    self.shards = shards
  }

  public var byteCount: Int { shards.values.reduce(0) { $0 + $1.byteCount } }

  public var tensorNames: [String] { shardOfTensor.keys.sorted() }

  public func shape(of tensor: String) -> [Int]? { shard(of: tensor)?.shape(of: tensor) }

  public func elementType(of tensor: String) -> String? {
    shard(of: tensor)?.elementType(of: tensor)
  }

  public func read(_ tensor: String) throws(CheckpointError) -> [Float] {
    guard let shard = shard(of: tensor) else {
      throw .missingTensor(ParameterName(tensor), file: source)
    }
    return try shard.read(tensor)
  }

  private func shard(of tensor: String) -> (any CheckpointReader)? {
    shardOfTensor[tensor].flatMap { shards[$0] }
  }
}
