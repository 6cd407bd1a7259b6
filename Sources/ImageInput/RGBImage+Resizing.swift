extension RGBImage {
  /// The whole picture in another size, to the same bytes as Pillow 13's `Image.resize`.
  ///
  /// - Precondition: both sides of `size` are positive.
  public func resized(
    to size: ImageSize, filter: Resampling, concurrency: ImageConcurrency = .allCores
  ) -> RGBImage {
    precondition(size.height > 0 && size.width > 0, "resize to \(size.width)x\(size.height)")
    return Resizer(filter, from: self.size, to: size, concurrency: concurrency).resize(self)
  }
}
