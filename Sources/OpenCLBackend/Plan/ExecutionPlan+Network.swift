import BiTModel
import OpenCLRuntime

extension ExecutionPlan.Blueprint {
  /// The operation of a step that can be part of one launch.
  private func networkOperation(of step: FusedNetwork.Step) -> (any NetworkOperation)? {
    switch step {
    case .convolution(_, let source, let residual, let gathers, let output):
      convolutions[output].map {
        ConvolutionOperation(
          launch: $0, source: source, residual: residual, gathersMoments: gathers, output: output)
      }
    case .moments(let tensor): NetworkMoments(tensor: tensor)
    case .coefficients(let norm, let node, let tensor):
      NetworkCoefficients(norm: norm, node: node, tensor: tensor)
    case .maxPool(let pool, let source, let border, let output):
      MaxPoolOperation(pool: pool, source: source, border: border, output: output)
    case .globalAveragePool(let source, let output):
      GlobalAveragePoolOperation(source: source, output: output)
    case .linear(let linear, let source, let output):
      LinearOperation(linear: linear, source: source, output: output)
    case .groupNorm, .zeroPad, .add: nil
    }
  }

  /// The tiles of an image of each step, and of how many images a tile is; nil if not all steps can be part of one
  /// launch.
  var networkTiles: (tiles: [Int], together: [Int])? {
    // One program has one activation.
    guard kernels.network != nil, !fused.steps.isEmpty, appliedActivations.count <= 1 else {
      return nil
    }
    var tiles: [Int] = []
    var together: [Int] = []
    for step in fused.steps {
      guard let operation = networkOperation(of: step), let count = operation.tiles(self) else {
        return nil
      }
      tiles.append(count)
      together.append(operation.imagesTogether)
    }
    return (tiles, together)
  }

  /// Of the norms that steps apply while reading.
  private var appliedActivations: Set<ActivationFunction> {
    var functions = Set<ActivationFunction>()
    for norm in fused.steps.flatMap(\.norms) {
      if case .groupNorm(let norm) = network.nodes[norm].operation {
        functions.insert(norm.activation.function)
      }
    }
    return functions
  }

  /// What all steps are compiled into, where they are to be one launch.
  var networkProgram: ProgramRequest? {
    guard schedule != nil, case .vector(let tuning, _, let program?) = kernels else { return nil }
    return program.request(
      tuning, activation: appliedActivations.first ?? network.prevailingActivation)
  }

  /// - Returns: nil where each step is a launch of its own.
  func bindNetwork(
    _ plan: PlanContext, queue: borrowing CommandQueue
  ) throws -> NetworkLaunch? {
    guard let schedule, let networkProgram else { return nil }
    var steps: [NetworkStep] = []
    for (step, tiles) in zip(fused.steps, schedule.tiles) {
      guard let operation = networkOperation(of: step) else {
        throw NetworkStep.unsupported("\(step)")
      }
      steps.append(try operation.networkStep(plan, tiles: tiles, queue: queue))
    }
    var patchBytes = 0
    for case (_, let tile)? in convolutions.values.map(\.vectorTile) {
      patchBytes = max(patchBytes, tile.patchBytes)
    }
    return try NetworkLaunch(
      schedule, steps: steps, program: try plan.programs.program(networkProgram),
      batch: tensors[0].shape.batch, patchBytes: patchBytes, plan: plan)
  }
}
