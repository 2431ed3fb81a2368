// A fully connected network as a function from points to jets.
//
// A Network is an immutable value: it knows shapes, activation and normalization, but owns no parameters. All
// parameters of a network are one flat tensor `theta` [P]; `slices()` says what lies where. Points are `x` [N, D] in
// the (dimensionless) coordinates of the equations; the first thing that happens to them is the affine map of the box
// [lower, upper] onto [-1, 1]^D, and jets stay derivatives with respect to the unmapped coordinates. `theta` and `x`
// share dtype (float32 or float64) and device (CPU or CUDA), otherwise std::invalid_argument.
//
//     x -> box map -> linear -> activation -> [ linear -> norm -> activation ] * (depth - 1) -> linear -> outputs
//
// Two paths compute the same numbers. The reference path (`values`, `reference_jet`) is plain LibTorch operations,
// differentiable any number of times, and serves as the oracle. The fast path carries a jet through every layer once
// and has a closed-form adjoint; it costs one forward sweep, and one backward sweep for a gradient. The adjoint of an
// activation jet and of the layers: Griewank & Walther, Evaluating Derivatives (2008), chapters 3, 13.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "networks/jet.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

struct NetworkSettings {
  int inputs = 0;
  int outputs = 0;
  int depth = 4;  ///< hidden layers, at least 1
  int width = 20;
  std::string activation = "tanh";
  std::string norm = "none";       ///< normalization of the pre-activations of hidden layers 2 .. depth
  double norm_eps = 1e-3;          ///< added to the variance; second derivatives grow as 1/eps where it matters
  std::vector<double> lower = {};  ///< box of the coordinates, one number per input
  std::vector<double> upper = {};
};

/// A named part of the flat parameter vector, row-major.
struct ParameterSlice {
  std::string name;  ///< "layer0.weight", "layer0.bias", "norm1.gamma", ...
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::int64_t size() const;
};

struct Activation;
class Norm;
struct NetworkTape;

/// A jet at fixed parameters together with everything its adjoint and its tangents need: O(depth * N * C * H) numbers
/// while it lives. It shares memory with the `theta` it was made from, and throws std::logic_error when that was
/// changed in place since.
class Linearization {
 public:
  /// [N, C, outputs]
  const torch::Tensor& jet() const;

  /// out[n, e, :] = d( sum_{c,h} seeds[n, e, c, h] * jet[n, c, h] ) / d theta, for every point n and equation e, in one
  /// batched adjoint sweep. seeds [N, E, C, outputs]; out [N, E, P] is preallocated by the caller, may be a strided
  /// view whose last dimension is contiguous, and every element of it is overwritten. Working memory O(N * E * C * H)
  /// on top of out.
  void jacobian(const torch::Tensor& seeds, const torch::Tensor& out) const;

  /// The rows of jacobian(seeds) as factors, one entry per matrix and vector of parameters in an order that does not
  /// depend on the points. The factors share memory with the linearization.
  std::vector<RowFactors> factors(const torch::Tensor& seeds) const;

  /// [P]: gradient of sum_{n,c,h} seeds[n, c, h] * jet[n, c, h]; seeds [N, C, outputs].
  torch::Tensor adjoint(const torch::Tensor& seeds) const;

  /// [N, C, outputs]: derivative of the jet along the parameter direction v [P], in one forward sweep of tangents. The
  /// transpose of adjoint: <seeds, tangent(v)> = <adjoint(seeds), v>.
  torch::Tensor tangent(const torch::Tensor& v) const;

  /// Bytes that live as long as the linearization.
  std::int64_t bytes() const;

 private:
  friend class Network;
  explicit Linearization(std::shared_ptr<const NetworkTape> tape);
  std::shared_ptr<const NetworkTape> tape_;
};

class Network {
 public:
  /// Throws std::invalid_argument: sizes below one, a box of the wrong length or without extent, an unknown activation
  /// or norm (the message names the known ones).
  explicit Network(NetworkSettings settings);

  const NetworkSettings& settings() const { return settings_; }
  std::int64_t parameter_count() const { return parameter_count_; }
  const std::vector<ParameterSlice>& slices() const { return slices_; }

  /// [P] float64 on the CPU. Weights are normal with standard deviation gain * sqrt(2 / (fan_in + fan_out)) (Glorot &
  /// Bengio 2010; the gain belongs to the activation), biases 0, norm gains 1. The same seed gives the same numbers
  /// everywhere: own Box-Muller on std::mt19937_64, because std::normal_distribution differs between standard
  /// libraries.
  torch::Tensor initial_parameters(std::uint64_t seed) const;

  /// [N, D] -> [N, outputs] in plain LibTorch operations; autograd goes through it any number of times, in theta and in
  /// x.
  torch::Tensor values(const torch::Tensor& theta, const torch::Tensor& x) const;

  /// [N, C, outputs] by nested autograd of `values`. Differentiable in theta (not in x).
  torch::Tensor reference_jet(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

  /// [N, C, outputs] in one forward sweep. If grad mode is on and theta requires grad, the result is one autograd node
  /// over the whole network, once differentiable in theta: backward with create_graph=true throws and says why. x must
  /// not require grad (std::invalid_argument): derivatives in x are what `spec` asks for.
  torch::Tensor jet(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

  /// A forward sweep that keeps what the adjoints need: residuals first, seeds from them, then rows, without a second
  /// sweep.
  Linearization linearize(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

  /// linearize(...).jacobian(seeds, out); callers loop over tiles of points to bound memory.
  void jacobian(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec, const torch::Tensor& seeds,
                const torch::Tensor& out) const;

  /// linearize(...).adjoint(seeds)
  torch::Tensor adjoint(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec,
                        const torch::Tensor& seeds) const;

 private:
  struct Layer {
    int inputs = 0;
    int outputs = 0;
    std::int64_t weight = 0;  ///< offset in theta
    std::int64_t bias = 0;
    std::int64_t norm = -1;  ///< offset of the norm's parameters, -1 where the layer has no norm
    bool activated = true;
  };
  friend struct NetworkTape;

  void check_arguments(const torch::Tensor& theta, const torch::Tensor& x, int axes) const;
  /// Views into theta: the weight [Ho, Hi], the bias [Ho] and the norm's parameters [K, Ho] of a layer.
  static torch::Tensor weight(const torch::Tensor& theta, const Layer& layer);
  static torch::Tensor bias(const torch::Tensor& theta, const Layer& layer);
  torch::Tensor norm_parameters(const torch::Tensor& theta, const Layer& layer) const;
  /// The box map onto [-1, 1]^D, and its jet [C, N, D].
  torch::Tensor mapped(const torch::Tensor& x) const;
  torch::Tensor seed_jet(const torch::Tensor& x, const JetSpec& spec) const;
  torch::Tensor forward(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec,
                        NetworkTape* tape) const;

  NetworkSettings settings_;
  std::vector<Layer> layers_;
  std::vector<ParameterSlice> slices_;
  std::int64_t parameter_count_ = 0;
  const Activation* activation_ = nullptr;
  std::shared_ptr<const Norm> norm_;
};

}  // namespace nusselt
