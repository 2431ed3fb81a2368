// The fast path: one sweep of jets through all operations, the closed-form adjoint sweep back, and the tangent sweep.
#include <stdexcept>
#include <unordered_set>
#include <utility>

#include "networks/network.hpp"
#include "networks/network_parts.hpp"

namespace nusselt {

using torch::Tensor;

/// What the forward sweep leaves behind. Jets here are channel-major, see activation.hpp.
struct NetworkTape {
  std::shared_ptr<const NetworkParts> parts;
  Tensor theta;  ///< detached, shares memory with the caller's
  std::int64_t theta_version;
  Tensor effective;
  JetSpec spec;
  std::vector<JetOperation::Tensors> steps;
  Tensor jet;  ///< [N, C, outputs]

  /// Of the effective parameters.
  void sweep_back(const Tensor& ybar, ParameterGradient gradient) const;
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

/// The jet [N, C, outputs] at the effective parameters; fills `tape` if there is one.
Tensor forward(const NetworkParts& parts, const Tensor& effective, const Tensor& x, const JetSpec& spec,
               std::vector<JetOperation::Tensors>* tape) {
  std::vector<Tensor> values{parts.embedding.jet(x, spec)};
  for (std::size_t step = 0; step < parts.operations.size(); ++step) {
    const std::vector<Tensor> inputs = parts.inputs_of(step, values);
    if (tape) tape->emplace_back();
    values.push_back(parts.operations[step]->jet(inputs, effective, spec, tape ? &tape->back() : nullptr));
    for (int input : parts.layout.steps[step].inputs) {
      if (parts.last_use[input] == step) values[input] = Tensor();
    }
  }
  return values.back().permute({1, 0, 2}).contiguous();
}

}  // namespace

Linearization Network::linearize(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  spec.validate();
  check_arguments(theta, x, spec.axes);
  const at::NoGradGuard no_grad;
  const Tensor own = theta.detach();
  auto tape = std::make_shared<NetworkTape>(NetworkTape{parts_, own, version_of(theta), effective(own), spec, {}, {}});
  tape->jet = forward(*parts_, tape->effective, x.detach(), spec, &tape->steps);
  return Linearization(std::move(tape));
}

Tensor Network::jet_values(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  spec.validate();
  check_arguments(theta, x, spec.axes);
  const at::NoGradGuard no_grad;
  return forward(*parts_, effective(theta), x, spec, nullptr);
}

std::vector<Tensor> Network::step_jets(const Tensor& theta, const Tensor& x, const JetSpec& spec) const {
  spec.validate();
  check_arguments(theta, x, spec.axes);
  const at::NoGradGuard no_grad;
  const Tensor parameters = effective(theta);
  std::vector<Tensor> values{parts_->embedding.jet(x, spec)};
  for (std::size_t step = 0; step < parts_->operations.size(); ++step) {
    values.push_back(parts_->operations[step]->jet(parts_->inputs_of(step, values), parameters, spec, nullptr));
  }
  return values;
}

void Network::jacobian(const Tensor& theta, const Tensor& x, const JetSpec& spec, const Tensor& seeds,
                       const Tensor& out) const {
  linearize(theta, x, spec).jacobian(seeds, out);
}

Tensor Network::adjoint(const Tensor& theta, const Tensor& x, const JetSpec& spec, const Tensor& seeds) const {
  return linearize(theta, x, spec).adjoint(seeds);
}

void NetworkTape::sweep_back(const Tensor& ybar, ParameterGradient gradient) const {
  std::vector<Tensor> bars(steps.size() + 1);
  bars.back() = ybar;
  for (std::size_t step = steps.size(); step-- > 0;) {
    const Tensor bar = std::exchange(bars[step + 1], Tensor());
    const std::vector<Tensor> contributions =
        parts->operations[step]->adjoint(steps[step], effective, spec, bar, gradient);
    for (std::size_t i = 0; i < contributions.size(); ++i) {
      const int input = parts->layout.steps[step].inputs[i];
      if (input == 0) continue;  // the coordinates
      Tensor& sum = bars[input];
      sum = sum.defined() ? at::add(sum, contributions[i]) : contributions[i];
    }
  }
}

Tensor NetworkTape::sweep_tangents(const Tensor& v) const {
  std::vector<Tensor> tangents{Tensor()};  // the coordinates do not depend on the parameters
  for (std::size_t step = 0; step < steps.size(); ++step) {
    const std::vector<Tensor> inputs = parts->inputs_of(step, tangents);
    tangents.push_back(parts->operations[step]->tangent(steps[step], effective, v, spec, inputs));
    for (int input : parts->layout.steps[step].inputs) {
      if (parts->last_use[input] == step) tangents[input] = Tensor();
    }
  }
  return tangents.back();
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
  const NetworkLayout& layout = tape_->parts->layout;
  std::vector<std::int64_t> expected{jet.size(0), seeds.size(1), layout.parameter_count};
  const bool trained_alone = out.dim() == 3 && out.size(2) == layout.parameter_count - layout.statistics_count;
  if (trained_alone) expected[2] = out.size(2);
  if (out.sizes() != at::IntArrayRef(expected) || out.scalar_type() != jet.scalar_type() ||
      out.device() != jet.device() || out.stride(2) != 1) {
    throw std::invalid_argument("the Jacobian goes into a tensor [N, E, P] = " + text_of(expected) +
                                " of the precision and device of theta, its last dimension contiguous; got " +
                                text_of(out.sizes()));
  }
  const Tensor ybar = seeds.detach().permute({2, 1, 0, 3}).contiguous();
  const Parametrization& parametrization = tape_->parts->parametrization;
  if (parametrization.identity()) {
    tape_->sweep_back(ybar, ParameterGradient::rows(out.detach()));
    return;
  }
  expected[2] = layout.effective_count - (trained_alone ? layout.statistics_count : 0);
  const Tensor rows = at::empty(expected, out.options());
  tape_->sweep_back(ybar, ParameterGradient::rows(rows));
  parametrization.pull_back(tape_->theta, rows, out.detach());
}

std::vector<RowFactors> Linearization::factors(const Tensor& seeds) const {
  const at::NoGradGuard no_grad;
  tape_->check_row_seeds(seeds);
  const NetworkLayout& layout = tape_->parts->layout;
  std::vector<RowFactors> factors;
  tape_->sweep_back(seeds.detach().permute({2, 1, 0, 3}).contiguous(),
                    ParameterGradient::factors(factors, layout.effective_count - layout.statistics_count));
  return tape_->parts->parametrization.factors(tape_->theta, std::move(factors));
}

Tensor Linearization::adjoint(const Tensor& seeds) const {
  const at::NoGradGuard no_grad;
  tape_->check(seeds, tape_->jet.sizes(), "seeds must be [N, C, outputs]");
  Tensor gradient = at::empty_like(tape_->effective, at::MemoryFormat::Contiguous);
  tape_->sweep_back(seeds.detach().permute({1, 0, 2}).contiguous().unsqueeze(1), ParameterGradient::sum(gradient));
  return tape_->parts->parametrization.pull_back(tape_->theta, gradient);
}

Tensor Linearization::tangent(const Tensor& v) const {
  const at::NoGradGuard no_grad;
  tape_->check(v, tape_->theta.sizes(), "a direction of parameters must be [P]");
  const Tensor direction = tape_->parts->parametrization.push_forward(tape_->theta, v.detach());
  return tape_->sweep_tangents(direction).permute({1, 0, 2}).contiguous();
}

std::int64_t Linearization::bytes() const {
  std::int64_t bytes = tape_->jet.nbytes();
  std::unordered_set<const void*> seen;  // what one operation returns is what the next one keeps
  for (const JetOperation::Tensors& step : tape_->steps) {
    for (const Tensor& part : step) {
      if (seen.insert(part.data_ptr()).second) bytes += part.nbytes();
    }
  }
  return bytes;
}

}  // namespace nusselt
