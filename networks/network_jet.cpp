// The fast path: one sweep of jets through all layers, the closed-form adjoint sweep back, and the tangent sweep.
#include <stdexcept>
#include <utility>

#include "networks/fused_activation.hpp"
#include "networks/network.hpp"
#include "networks/registry.hpp"

namespace nusselt {

using torch::Tensor;

/// What the forward sweep leaves behind. Jets here are channel-major, see activation.hpp.
struct NetworkTape {
  struct Layer {
    Tensor input;                     ///< [C, N, Hi], into the linear map
    Norm::Tape norm;                  ///< empty where there is none
    Tensor preactivation;             ///< [C, N, Ho], into the activation
    std::vector<Tensor> derivatives;  ///< of the activation there; empty where a kernel computes them itself
  };

  Network network;
  Tensor theta;  ///< detached, shares memory with the caller's
  std::int64_t theta_version;
  JetSpec spec;
  std::vector<Layer> layers;
  Tensor jet;  ///< [N, C, outputs]

  void sweep_back(Tensor ybar, ParameterGradient gradient) const;
  /// Derivative of the jet, [C, N, outputs], along v.
  Tensor sweep_tangents(const Tensor& v) const;
  void check(const Tensor& given, at::IntArrayRef expected, const char* what) const;
  void check_row_seeds(const Tensor& seeds) const;
};

namespace {

std::int64_t version_of(const Tensor& tensor) {
  return tensor.is_inference() ? 0 : static_cast<std::int64_t>(tensor._version());
}

std::string text_of(at::IntArrayRef sizes) {
  std::string text;
  for (std::int64_t size : sizes) text += (text.empty() ? "[" : ", ") + std::to_string(size);
  return text.empty() ? "[]" : text + "]";
}

}  // namespace

Tensor Network::seed_jet(const Tensor& x, const JetSpec& spec) const {
  Tensor jet = at::zeros({spec.channels(), x.size(0), x.size(1)}, x.options());
  jet.select(0, 0).copy_(mapped(x));
  for (int axis = 0; spec.first && axis < spec.axes; ++axis) {
    jet.select(0, spec.first_channel(axis))
        .select(1, axis)
        .fill_(2.0 / (settings_.upper[axis] - settings_.lower[axis]));
  }
  return jet;
}

Tensor Network::forward(const Tensor& theta, const Tensor& x, const JetSpec& spec, NetworkTape* tape) const {
  const std::int64_t channels = spec.channels(), points = x.size(0);
  // The adjoint needs one derivative of the activation more than the jet itself.
  const int highest = spec.order() + (tape ? 1 : 0);
  Tensor a = seed_jet(x, spec);
  for (const Layer& layer : layers_) {
    Tensor z = at::mm(a.view({channels * points, layer.inputs}), weight(theta, layer).t())
                   .view({channels, points, layer.outputs});
    z.select(0, 0).add_(bias(theta, layer));
    NetworkTape::Layer kept;
    kept.input = a;
    if (layer.norm >= 0) z = norm_->jet(z, norm_parameters(theta, layer), spec, tape ? &kept.norm : nullptr);
    if (layer.activated) {
      kept.preactivation = z;
      if (has_activation_kernel(*activation_, z, spec)) {
        a = fused_activation_jet(*activation_, z, spec);
      } else {
        kept.derivatives = activation_->derivatives(z.select(0, 0), highest);
        a = activation_jet(kept.derivatives, z, spec);
      }
    } else {
      a = z;
    }
    if (tape) tape->layers.push_back(std::move(kept));
  }
  return a.permute({1, 0, 2}).contiguous();
}

Linearization Network::linearize(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  spec.validate();
  check_arguments(theta, x, spec.axes);
  const at::NoGradGuard no_grad;
  auto tape = std::make_shared<NetworkTape>(NetworkTape{*this, theta.detach(), version_of(theta), spec, {}, {}});
  tape->jet = forward(tape->theta, x.detach(), spec, tape.get());
  return Linearization(std::move(tape));
}

void Network::jacobian(const Tensor& theta, const Tensor& x, const JetSpec& spec, const Tensor& seeds,
                       const Tensor& out) const {
  linearize(theta, x, spec).jacobian(seeds, out);
}

Tensor Network::adjoint(const Tensor& theta, const Tensor& x, const JetSpec& spec, const Tensor& seeds) const {
  return linearize(theta, x, spec).adjoint(seeds);
}

void NetworkTape::sweep_back(Tensor ybar, ParameterGradient gradient) const {
  const std::int64_t channels = ybar.size(0), equations = ybar.size(1), points = ybar.size(2);
  for (std::size_t index = layers.size(); index-- > 0;) {
    const Network::Layer& layer = network.layers_[index];
    const Layer& kept = layers[index];
    if (layer.activated) {
      ybar = kept.derivatives.empty() ? fused_activation_adjoint(*network.activation_, kept.preactivation, spec, ybar)
                                      : activation_adjoint(kept.derivatives, kept.preactivation, spec, ybar);
    }
    if (layer.norm >= 0) {
      const Tensor parameters = network.norm_parameters(theta, layer);
      ybar = network.norm_->adjoint(kept.norm, parameters, spec, ybar, gradient, layer.norm);
    }
    gradient.pointwise(layer.bias, ybar.select(0, 0));
    gradient.outer(layer.weight, ybar, kept.input);
    if (index > 0) {
      ybar = at::mm(ybar.view({channels * equations * points, layer.outputs}), Network::weight(theta, layer))
                 .view({channels, equations, points, layer.inputs});
    }
  }
}

Tensor NetworkTape::sweep_tangents(const Tensor& v) const {
  const std::int64_t channels = jet.size(1), points = jet.size(0);
  Tensor da;  // undefined: the coordinates do not depend on the parameters
  for (std::size_t index = 0; index < layers.size(); ++index) {
    const Network::Layer& layer = network.layers_[index];
    const Layer& kept = layers[index];
    Tensor dz = at::mm(kept.input.view({channels * points, layer.inputs}), Network::weight(v, layer).t());
    if (da.defined()) dz.addmm_(da.view({channels * points, layer.inputs}), Network::weight(theta, layer).t());
    dz = dz.view({channels, points, layer.outputs});
    dz.select(0, 0).add_(Network::bias(v, layer));
    if (layer.norm >= 0) {
      dz = network.norm_->tangent(kept.norm, network.norm_parameters(theta, layer), spec, dz,
                                  network.norm_parameters(v, layer));
    }
    if (!layer.activated) {
      da = dz;
    } else if (kept.derivatives.empty()) {
      const auto derivatives = network.activation_->derivatives(kept.preactivation.select(0, 0), spec.order() + 1);
      da = activation_tangent(derivatives, kept.preactivation, spec, dz);
    } else {
      da = activation_tangent(kept.derivatives, kept.preactivation, spec, dz);
    }
  }
  return da;
}

void NetworkTape::check(const Tensor& given, at::IntArrayRef expected, const char* what) const {
  if (given.sizes() != expected || given.scalar_type() != theta.scalar_type() || given.device() != theta.device()) {
    throw std::invalid_argument(std::string(what) + " = " + text_of(expected) + " in " + toString(theta.scalar_type()) +
                                " on " + theta.device().str() + ", got " + text_of(given.sizes()) + " in " +
                                toString(given.scalar_type()) + " on " + given.device().str());
  }
  if (version_of(theta) != theta_version) {
    throw std::logic_error(
        "the parameters were changed in place after the network was linearized at them; linearize again");
  }
}

void NetworkTape::check_row_seeds(const Tensor& seeds) const {
  const std::int64_t equations = seeds.dim() == 4 ? seeds.size(1) : 1;
  check(seeds, {jet.size(0), equations, jet.size(1), jet.size(2)}, "seeds must be [N, E, C, outputs]");
}

Linearization::Linearization(std::shared_ptr<const NetworkTape> tape) : tape_(std::move(tape)) {}

const Tensor& Linearization::jet() const { return tape_->jet; }

void Linearization::jacobian(const Tensor& seeds, const Tensor& out) const {
  const at::NoGradGuard no_grad;
  tape_->check_row_seeds(seeds);
  const Tensor& jet = tape_->jet;
  const std::vector<std::int64_t> expected{jet.size(0), seeds.size(1), tape_->network.parameter_count()};
  if (out.sizes() != at::IntArrayRef(expected) || out.scalar_type() != jet.scalar_type() ||
      out.device() != jet.device() || out.stride(2) != 1) {
    throw std::invalid_argument("the Jacobian goes into a tensor [N, E, P] = " + text_of(expected) +
                                " of the precision and device of theta, its last dimension contiguous; got " +
                                text_of(out.sizes()));
  }
  tape_->sweep_back(seeds.detach().permute({2, 1, 0, 3}).contiguous(), ParameterGradient::rows(out.detach()));
}

std::vector<RowFactors> Linearization::factors(const Tensor& seeds) const {
  const at::NoGradGuard no_grad;
  tape_->check_row_seeds(seeds);
  std::vector<RowFactors> factors;
  tape_->sweep_back(seeds.detach().permute({2, 1, 0, 3}).contiguous(), ParameterGradient::factors(factors));
  return factors;
}

Tensor Linearization::adjoint(const Tensor& seeds) const {
  const at::NoGradGuard no_grad;
  tape_->check(seeds, tape_->jet.sizes(), "seeds must be [N, C, outputs]");
  Tensor gradient = at::empty_like(tape_->theta, at::MemoryFormat::Contiguous);
  tape_->sweep_back(seeds.detach().permute({1, 0, 2}).contiguous().unsqueeze(1), ParameterGradient::sum(gradient));
  return gradient;
}

Tensor Linearization::tangent(const Tensor& v) const {
  const at::NoGradGuard no_grad;
  tape_->check(v, tape_->theta.sizes(), "a direction of parameters must be [P]");
  return tape_->sweep_tangents(v.detach()).permute({1, 0, 2}).contiguous();
}

std::int64_t Linearization::bytes() const {
  std::int64_t bytes = tape_->jet.nbytes();
  for (const NetworkTape::Layer& layer : tape_->layers) {
    bytes += layer.input.nbytes();
    for (const Tensor& part : layer.norm) bytes += part.nbytes();
    if (!layer.preactivation.defined()) continue;
    bytes += layer.preactivation.nbytes();
    for (const Tensor& derivative : layer.derivatives) bytes += derivative.nbytes();
  }
  return bytes;
}

}  // namespace nusselt
