import NumericsValidation
import OpenCLBackend

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is known about a device's self-check: see `DevicePolicy.runsSelfCheck`.
public struct SelfCheckOutcome: Hashable, Sendable, Codable, CustomStringConvertible {
  public enum State: String, Hashable, Sendable, Codable {
    case passed, failed
    case notRun = "not run"
    /// Given up for lack of time: nothing wrong was found, and the device is not proven.
    case unfinished
  }

  public let state: State
  /// The kernels that passed.
  public let kernels: String?
  /// How long the check took, what it built included.
  public let milliseconds: Double?
  /// When it passed, where that was in an earlier run: ISO 8601.
  public let date: String?
  /// Better kernels that may not be used, best first.
  public let passedOver: [DeviceFacts.PassedOver]
  /// Why the device cannot be used at all.
  public let reason: String?

  private enum CodingKeys: String, CodingKey {
    case state, kernels, milliseconds, date, reason
    case passedOver = "passed_over"
  }

  /// Whether something computed wrong results, did not work at all, or could not be proven.
  public var foundFault: Bool {
    state == .failed || state == .unfinished || passedOver.contains(where: \.isFault)
  }

  /// A check whose process ended before its result.
  public static func failed(because reason: String) -> SelfCheckOutcome {
    SelfCheckOutcome(
      state: .failed, kernels: nil, milliseconds: nil, date: nil, passedOver: [], reason: reason)
  }

  /// A check whose process was ended for lack of time.
  public static func unfinished(because reason: String) -> SelfCheckOutcome {
    SelfCheckOutcome(
      state: .unfinished, kernels: nil, milliseconds: nil, date: nil, passedOver: [],
      reason: reason)
  }

  public var description: String {
    let left = passedOver.map { "; \($0.kernels) not used: \($0.reason)" }.joined()
    switch state {
    case .notRun: return "not run"
    case .failed: return "failed: \(reason ?? "no reason was given")"
    case .unfinished: return "not finished: \(reason ?? "no reason was given")"
    case .passed:
      let time = milliseconds.map { " in \(Int($0.rounded())) ms" } ?? ""
      let when = date.map { " on \($0)" } ?? ""
      return "passed\(when)\(time) with the \(kernels ?? "") kernels\(left)"
    }
  }
}

extension Device {
  /// Runs the self-check of all that any model may use on this device, whatever earlier ones found.
  public func runSelfCheck() async throws -> SelfCheckOutcome {
    let check = try SelfCheck.complete()
    var judge = SelfCheckJudge(check)
    judge.believesMemory = false
    judge.timeLimit = SelfCheckJudge.patientTimeLimit
    let backend = OpenCLBackend(
      device: opencl, kernelSet: BackendCandidate.requestedKernelSet, judge: judge,
      believesMemory: false)
    do {
      try await backend.chooseKernels()
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      return SelfCheckOutcome(
        state: error is UnprovenDevice ? .unfinished : .failed, kernels: nil, milliseconds: nil,
        date: nil,
        passedOver: (error as? NoKernelsWork).map { Self.rows($0.passedOver) } ?? [],
        reason: "\(error)")
    }
    guard let choice = backend.choice else { return .notRun }
    let passes = backend.identities.prefix(1).map { judge.memory.pass(of: $0.identity, check) }
    return SelfCheckOutcome(
      state: .passed, kernels: choice.kernels, milliseconds: passes.first??.milliseconds,
      date: nil, passedOver: Self.rows(choice.passedOver), reason: nil)
  }

  /// What earlier runs found, without running anything.
  public func knownSelfCheck() -> SelfCheckOutcome {
    let backend = OpenCLBackend(device: opencl)
    let memory = SelfCheckMemory.standard
    for check in SelfCheck.common {
      for (kernels, identity) in backend.identities {
        guard let pass = memory.pass(of: identity, check) else { continue }
        return SelfCheckOutcome(
          state: .passed, kernels: kernels, milliseconds: pass.milliseconds, date: pass.date,
          passedOver: [], reason: nil)
      }
    }
    return .notRun
  }

  private static func rows(_ passedOver: [KernelChoice.PassedOver]) -> [DeviceFacts.PassedOver] {
    passedOver.map {
      DeviceFacts.PassedOver(kernels: $0.kernels, reason: $0.reason, isFault: !$0.isSlowBuild)
    }
  }
}

extension SelfCheckOutcome {
  fileprivate static let notRun = SelfCheckOutcome(
    state: .notRun, kernels: nil, milliseconds: nil, date: nil, passedOver: [], reason: nil)
}

extension SelfCheck {
  /// Of all models, of the published ones, and of the demo.
  fileprivate static var common: [SelfCheck] {
    var published = ModelConfiguration()
    published.labels = (0..<21).map { "\($0)" }
    let configurations = [published, try? ModelSource.demo.open().configuration]
    return [try? complete()].compactMap { $0 }
      + configurations.compactMap { $0.flatMap { try? SelfCheck(for: $0) } }
  }
}
