import OpenCLRuntime

/// What a whole process says about its use of OpenCL devices.
package enum DeviceUse {
  /// How long a device may take for anything: a call, building a program, a batch. Without it, the
  /// limits of `DeviceTimeLimits`.
  /// - Returns: False for a text that is no number of seconds.
  package static func limitTime(to seconds: String) -> Bool {
    guard let limit = DeviceTimeLimits.seconds(in: seconds) else { return false }
    DeviceTimeLimits.cap(at: limit)
    return true
  }

  /// Bytes of an OpenCL device's memory that are used at most. A model that needs more goes to the
  /// next device, as with a device that has no more.
  package static func limitMemory(to byteCount: Int) { DeviceMemory.cap(at: byteCount) }

  /// For a program that is about to end and has dropped its models: waits until what they had on
  /// the devices is released, but not for a device that does not answer.
  package static func finishReleases() {
    OutstandingWork.finishReleases(within: .seconds(5))
  }
}
