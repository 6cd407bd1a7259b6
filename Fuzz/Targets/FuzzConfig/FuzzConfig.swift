import FuzzerInput

@c(LLVMFuzzerTestOneInput)
public func examine(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  FuzzerInput.examine(bytes, count, by: .config)
}
