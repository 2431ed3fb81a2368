// Weight normalization: each row of W has a length g and a direction, W = g V / |V| (Salimans & Kingma 2016,
// arXiv:1602.07868). g starts as |V|, so that W is what it would be without.
#include <stdexcept>

#include "networks/registry.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class WeightNormalization final : public Reparam {
 public:
  Tensor weight(const Tensor& v, const Tensor& factor) const override {
    return v * (factor / lengths(v)).unsqueeze(-1);
  }

  std::pair<Tensor, Tensor> start(const Tensor& w, const NetworkSettings&, NormalGenerator&) const override {
    return {w.clone(), lengths(w)};
  }

  // With u = V / |V|:  gbar = u . wbar,  vbar = g / |V| (wbar - (u . wbar) u).
  std::pair<Tensor, Tensor> pull_back(const Tensor& v, const Tensor& factor, const Tensor& wbar) const override {
    const Tensor length = lengths(v);
    const Tensor u = v / length.unsqueeze(-1);
    const Tensor fbar = (wbar * u).sum(-1);
    return {(wbar - fbar.unsqueeze(-1) * u) * (factor / length).unsqueeze(-1), fbar};
  }

  Tensor push_forward(const Tensor& v, const Tensor& factor, const Tensor& dv, const Tensor& dfactor) const override {
    const Tensor length = lengths(v);
    const Tensor u = v / length.unsqueeze(-1);
    const Tensor across = dv - (dv * u).sum(-1, /*keepdim=*/true) * u;
    return u * dfactor.unsqueeze(-1) + across * (factor / length).unsqueeze(-1);
  }

  // The projection across V_o differs from row to row of the matrix.
  bool factorable() const override { return false; }
  std::vector<RowFactors> factors(const Tensor&, const Tensor&, const RowFactors&) const override {
    throw std::logic_error("rows of a Jacobian have no factors under weight_norm; ask Network::factorable first");
  }

 private:
  static Tensor lengths(const Tensor& v) { return (v * v).sum(-1).sqrt(); }
};

const RegisterReparam registered{"weight_norm", std::make_shared<WeightNormalization>()};

}  // namespace
}  // namespace nusselt
