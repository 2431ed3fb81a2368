// A normalization on jets, with gain and shift.
#include <utility>

#include "networks/jet_operation.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class NormOperation final : public JetOperation {
 public:
  NormOperation(const NetworkLayout::Norm& place, std::shared_ptr<const Norm> norm)
      : place_(place), norm_(std::move(norm)) {}

  Tensor reference(const Tensors& inputs, const Tensor& theta) const override {
    const Tensor n = norm_->reference(inputs[0], statistics(theta));
    return affine() ? n * gamma(theta) + beta(theta) : n;
  }

  Tensor jet(const Tensors& inputs, const Tensor& theta, const JetSpec& spec, Tensors* tape) const override {
    Norm::Tape kept;
    const Tensor n = norm_->jet(inputs[0], statistics(theta), spec, tape ? &kept : nullptr);
    if (tape) {
      *tape = std::move(kept);
      tape->push_back(n);
    }
    if (!affine()) return n;
    Tensor y = at::mul(n, gamma(theta));
    y.select(0, 0).add_(beta(theta));
    return y;
  }

  Tensors adjoint(const Tensors& tape, const Tensor& theta, const JetSpec& spec, const Tensor& ybar,
                  ParameterGradient& gradient) const override {
    Tensor seed = ybar;
    if (affine()) {
      gradient.pointwise(place_.affine, at::mul(ybar, tape.back().unsqueeze(1)).sum(0));
      gradient.pointwise(place_.affine + place_.features, ybar.select(0, 0));
      seed = at::mul(ybar, gamma(theta));
    }
    return {norm_->adjoint(tape, spec, seed, gradient, place_.statistics)};
  }

  Tensor tangent(const Tensors& tape, const Tensor& theta, const Tensor& v, const JetSpec& spec,
                 const Tensors& dinputs) const override {
    const Tensor dn = norm_->tangent(tape, spec, dinputs[0], statistics(v));
    if (!affine()) return dn;
    Tensor dy = at::mul(dn, gamma(theta));
    dy.addcmul_(tape.back(), gamma(v));
    dy.select(0, 0).add_(beta(v));
    return dy;
  }

 private:
  bool affine() const { return place_.affine >= 0; }
  Tensor gamma(const Tensor& theta) const { return theta.narrow(0, place_.affine, place_.features); }
  Tensor beta(const Tensor& theta) const { return theta.narrow(0, place_.affine + place_.features, place_.features); }
  /// [2, H]
  Tensor statistics(const Tensor& theta) const {
    if (place_.statistics < 0) return {};
    return theta.narrow(0, place_.statistics, 2 * place_.features).view({2, place_.features});
  }

  NetworkLayout::Norm place_;
  std::shared_ptr<const Norm> norm_;
};

}  // namespace

std::unique_ptr<const JetOperation> make_norm_operation(const NetworkLayout::Norm& place,
                                                        std::shared_ptr<const Norm> norm) {
  return std::make_unique<NormOperation>(place, std::move(norm));
}

}  // namespace nusselt
