import BiTModel
import ImageInput

extension ImagePreprocessor {
  /// Reads, decodes and prepares images side by side, each on a thread of its own.
  /// - Parameter finish: What is to become of each tensor, on the same thread.
  /// - Returns: In the images' order.
  package func prepare<Output: Sendable>(
    _ requests: [ImageRequest], finish: @escaping @Sendable (HostTensor) -> Output
  ) async -> [Result<Output, any Error>] {
    guard requests.count > 1 else {
      return requests.map { request in
        Result { finish(try tensor(for: try request.source.get())) }
      }
    }
    // Splitting an image over threads as well gains nothing.
    let alone = ImagePreprocessor(configuration, limits: limits, concurrency: .callingThread)
    return await withTaskGroup(of: (Int, Result<Output, any Error>).self) { group in
      for (place, request) in requests.enumerated() {
        group.addTask {
          let result = Result {
            try Task.checkCancellation()
            return finish(try alone.tensor(for: try request.source.get()))
          }
          return (place, result)
        }
      }
      var results = [Result<Output, any Error>](
        repeating: .failure(CancellationError()), count: requests.count)
      for await (place, result) in group { results[place] = result }
      return results
    }
  }
}
