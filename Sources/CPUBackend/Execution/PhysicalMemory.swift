import FoundationEssentials

/// The machine's memory.
enum PhysicalMemory {
  static var byteCount: Int { Int(clamping: ProcessInfo.processInfo.physicalMemory) }
}
