// A fully connected network as a function from points to jets.
//
// A Network is an immutable value: it knows shapes, activation and normalization, but owns no parameters. All
// parameters of a network are one flat tensor `theta` [P]; `slices()` says what lies where. Points are `x` [N, D] in
// the (dimensionless) coordinates of the equations; the first thing that happens to them is the affine map of the box
// [lower, upper] onto [-1, 1]^D, and jets stay derivatives with respect to the unmapped coordinates. `theta` and `x`
// share dtype (float32 or float64) and device (CPU or CUDA), otherwise std::invalid_argument.
//
//     x -> embedding -> operations (layout/network_layout.hpp) -> linear -> outputs
//
// The last `statistics_count()` numbers of theta are no parameters that anybody trains: they are the means and
// variances of a normalization over points (batch, instance), which whoever trains keeps up to date by
// `batch_statistics`. Jets and adjoints treat them as parameters, so that every network is pointwise. Under a
// reparametrization of weights, and with several parts, the operations run on `effective(theta)`; everything public
// takes theta and returns derivatives in theta.
//
// Two paths compute the same numbers. The reference path (`values`, `reference_jet`) is plain LibTorch operations,
// differentiable any number of times, and serves as the oracle. The fast path carries a jet through every layer once
// and has a closed-form adjoint; it costs one forward sweep, and one backward sweep for a gradient. The adjoint of an
// activation jet and of the layers: Griewank & Walther, Evaluating Derivatives (2008), chapters 3, 13.
#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "networks/jet.hpp"
#include "networks/layout/network_layout.hpp"
#include "networks/parameter_gradient.hpp"

namespace nusselt {

struct NetworkParts;
struct NetworkTape;

/// A jet at fixed parameters together with everything its adjoint and its tangents need: O(depth * N * C * H) numbers
/// while it lives. It shares memory with the `theta` it was made from, and throws std::logic_error when that was
/// changed in place since.
class Linearization {
 public:
  /// [N, C, outputs]
  const torch::Tensor& jet() const;

  /// out[n, e, :] = d( sum_{c,h} seeds[n, e, c, h] * jet[n, c, h] ) / d theta, for every point n and equation e, in one
  /// batched adjoint sweep. seeds [N, E, C, outputs]; out [N, E, P], or [N, E, trained_count()] for the trained part
  /// alone, is preallocated by the caller, may be a strided view whose last dimension is contiguous, and every element
  /// of it is overwritten. Working memory O(N * E * C * H) on top of out, and once more out under a reparametrization.
  void jacobian(const torch::Tensor& seeds, const torch::Tensor& out) const;

  /// The rows of jacobian(seeds) as factors, one entry per matrix and vector of trained parameters in an order that
  /// does not depend on the points. The factors share memory with the linearization. Throws std::logic_error unless the
  /// network is factorable().
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
  /// Throws std::invalid_argument: settings that make no network (SettingError), a box of the wrong length or without
  /// extent, an unknown activation, norm or reparametrization (the message names the known ones).
  explicit Network(NetworkSettings settings);
  /// Networks side by side, see layout/subnetwork.hpp.
  Network(NetworkSettings settings, std::vector<Subnetwork> parts);

  const NetworkSettings& settings() const;
  const NetworkLayout& layout() const;
  /// Those that it consists of; none where it is one.
  const std::vector<Subnetwork>& subnetworks() const;
  std::int64_t parameter_count() const { return layout().parameter_count; }
  std::int64_t statistics_count() const { return layout().statistics_count; }
  std::int64_t trained_count() const { return parameter_count() - statistics_count(); }
  const std::vector<ParameterSlice>& slices() const { return layout().slices; }

  /// [P] float64 on the CPU. Weights are normal with standard deviation gain * sqrt(2 / (fan_in + fan_out)) (Glorot &
  /// Bengio 2010; the gain belongs to the activation), biases 0 or normal with standard deviation first_bias where the
  /// map reads the coordinates, norm gains 1, gates of skips 0, statistics those of the standard normal. A
  /// reparametrization changes no effective weight. Parts start as if each were alone. The same seed gives the same
  /// numbers everywhere.
  torch::Tensor initial_parameters(std::uint64_t seed) const;

  /// theta [P] -> [Pe], the same with plain weights in the layout `layout().effective`: the statistics are the last of
  /// both. Differentiable. Returns theta itself where it is plain.
  torch::Tensor effective(const torch::Tensor& theta) const;
  /// Whether theta has plain weights, one part and no constants, so that effective is the identity.
  bool plain() const;
  /// The transpose of effective's derivative: rows [..., Pe] -> [..., P]; or both without the statistics.
  torch::Tensor pull_back(const torch::Tensor& theta, const torch::Tensor& rows) const;
  /// The same into `out`, whose last dimension is contiguous.
  void pull_back(const torch::Tensor& theta, const torch::Tensor& rows, const torch::Tensor& out) const;
  /// The derivative of effective along v [P], [Pe].
  torch::Tensor push_forward(const torch::Tensor& theta, const torch::Tensor& v) const;
  /// Whether Linearization::factors exists; not under weight_norm.
  bool factorable() const;

  /// [S]: mean and (biased) variance of what each norm over points meets at the points x [N, D], every norm before it
  /// normalizing by its own statistics of the same points. Plain differentiable operations: autograd goes through it in
  /// theta, on whose own statistics it does not depend. Throws std::invalid_argument for fewer than two points.
  torch::Tensor batch_statistics(const torch::Tensor& theta, const torch::Tensor& x) const;

  /// [N, D] -> [N, outputs] in plain LibTorch operations; autograd goes through it any number of times, in theta and in
  /// x.
  torch::Tensor values(const torch::Tensor& theta, const torch::Tensor& x) const;

  /// [N, C, outputs] by nested autograd of `values`. Differentiable in theta (not in x).
  torch::Tensor reference_jet(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

  /// [N, C, outputs] in one forward sweep. If grad mode is on and theta requires grad, the result is one autograd node
  /// over the whole network, once differentiable in theta: backward with create_graph=true throws and says why. x must
  /// not require grad (std::invalid_argument): derivatives in x are what `spec` asks for.
  torch::Tensor jet(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

  /// The jets [C, N, H] of all values of the layout's steps, in one forward sweep: entry 0 is the embedding, entry k +
  /// 1 what step k computes. No gradient is recorded.
  std::vector<torch::Tensor> step_jets(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;

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
  torch::Tensor jet_values(const torch::Tensor& theta, const torch::Tensor& x, const JetSpec& spec) const;
  void check_arguments(const torch::Tensor& theta, const torch::Tensor& x, int axes) const;

  std::shared_ptr<const NetworkParts> parts_;  // a copy of a network shares them
};

}  // namespace nusselt
