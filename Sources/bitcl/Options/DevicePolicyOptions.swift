import ArgumentParser
import BigTransfer

/// What is asked of the device.
struct DevicePolicyOptions: ParsableArguments {
  @Flag(
    help: """
      End with exit code 69 where the device is missing or fails. Otherwise the next best one takes \
      over, at last cpu, and one line says why.
      """)
  var strictDevice = false

  @Flag(
    help: """
      Use the device without its self-check: small networks that it must compute as the oracle \
      does, once for a device, driver and program.
      """)
  var noSelfCheck = false

  var policy: DevicePolicy {
    var policy = DevicePolicy()
    policy.isStrict = strictDevice
    policy.runsSelfCheck = !noSelfCheck
    return policy
  }
}
