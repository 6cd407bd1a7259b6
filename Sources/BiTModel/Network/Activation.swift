/// A pointwise function that a checkpoint can name as `hidden_act`.
///
/// The raw values are the keys of transformers' `ACT2FN` (`activations.py`); several names there
/// mean one function (`gelu_python` is `gelu`), which `init(transformersName:)` folds.
public enum ActivationFunction: String, Hashable, Sendable, CaseIterable {
  /// x
  case linear
  /// max(x, 0)
  case relu
  /// max(x, 0)²
  case relu2
  /// min(max(x, 0), 6)
  case relu6
  /// x above zero, x/100 below
  case leakyReLU = "leaky_relu"
  /// 1 / (1 + e⁻ˣ)
  case sigmoid
  /// x · sigmoid(x)
  case silu
  /// tanh(x)
  case tanh
  /// x · tanh(softplus(x))
  case mish
  /// x · min(max(x + 3, 0), 6) / 6
  case hardswish
  /// x · Φ(x), by the error function
  case gelu
  /// `gelu`, clipped to −10 … 10
  case gelu10 = "gelu_10"
  /// x/2 · (1 + tanh(√(2/π) · (x + 0.044715 x³)))
  case geluTanh = "gelu_pytorch_tanh"
  /// `geluTanh` with √(2/π) written as 0.7978845608
  case geluFast = "gelu_fast"
  /// x · sigmoid(1.702 x)
  case quickGELU = "quick_gelu"
  /// (1 + erf((x − 0.707107) / (0.282095 √2))) / 2
  case laplace
  /// √softplus(x)
  case sqrtSoftplus = "sqrtsoftplus"
  /// x above zero, a·x below; `a` is learnt
  case prelu
  /// α₊x² + βx above zero, α₋(expm1(min(x, ε)) − x) + βx below, where α₊ = softplus(alpha_p) and
  /// α₋ = β + softplus(alpha_n) are learnt (arXiv:2411.13010)
  case xielu

  /// - Returns: `nil` for a name that transformers does not know either.
  public init?(transformersName name: String) {
    switch name {
    case "gelu_python": self = .gelu
    case "gelu_new", "gelu_python_tanh", "gelu_accurate": self = .geluTanh
    case "swish": self = .silu
    default: self.init(rawValue: name)
    }
  }

  /// The tensors that the function learns, by the last part of their name in a checkpoint.
  var learntParameters: [(suffix: String, shape: [Int])] {
    switch self {
    case .prelu: [("weight", [1])]
    case .xielu: [("alpha_p", [1]), ("alpha_n", [1]), ("beta", []), ("eps", [])]
    default: []
    }
  }
}

/// An activation at one place of the network.
public struct Activation: Hashable, Sendable {
  public let function: ActivationFunction

  /// The learnt tensors, in the order that the function's formula names them: `prelu` has
  /// [weight], `xielu` has [alpha_p, alpha_n, beta, eps]; every other function has none.
  public let parameters: [Parameter]

  /// - Parameter path: The module that owns the function, such as
  ///   `encoder.stages.0.layers.0.norm1.activation`.
  public init(_ function: ActivationFunction, path: String = "activation") {
    self.function = function
    parameters = function.learntParameters.map {
      Parameter("\(path).\($0.suffix)", shape: $0.shape)
    }
  }
}
