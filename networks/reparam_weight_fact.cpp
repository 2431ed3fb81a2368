// Random weight factorization: W = diag(exp(s)) V (Wang, Wang, Seidman & Perdikaris 2022, arXiv:2210.01274, with the
// factors as exponentials: they cannot change sign). s starts normal with mean reparam_mean and deviation
// reparam_deviation, and V such that W is what it would be without.
#include "networks/registry.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

class WeightFactorization final : public Reparam {
 public:
  Tensor weight(const Tensor& v, const Tensor& factor) const override { return v * factor.exp().unsqueeze(-1); }

  std::pair<Tensor, Tensor> start(const Tensor& w, const NetworkSettings& settings,
                                  NormalGenerator& normal) const override {
    Tensor factor = at::empty({w.size(0)}, w.options());
    for (std::int64_t o = 0; o < w.size(0); ++o) {
      factor.data_ptr<double>()[o] = settings.reparam_mean + settings.reparam_deviation * normal();
    }
    return {w * at::exp(-factor).unsqueeze(-1), factor};
  }

  std::pair<Tensor, Tensor> pull_back(const Tensor& v, const Tensor& factor, const Tensor& wbar) const override {
    const Tensor vbar = wbar * factor.exp().unsqueeze(-1);
    return {vbar, (vbar * v).sum(-1)};
  }

  Tensor push_forward(const Tensor& v, const Tensor& factor, const Tensor& dv, const Tensor& dfactor) const override {
    return (dv + v * dfactor.unsqueeze(-1)) * factor.exp().unsqueeze(-1);
  }

  bool factorable() const override { return true; }

  // Row (n, e) of W is sum over channels of zbar (x) a; that of s_o its product with W_o, zbar_o (W a)_o.
  std::vector<RowFactors> factors(const Tensor& v, const Tensor& factor, const RowFactors& rows) const override {
    const Tensor zbar = rows.zbar * factor.exp();
    const Tensor va = at::matmul(rows.a, v.t());  // [C, N, Ho]
    return {{zbar, rows.a}, {(zbar * va.unsqueeze(1)).sum(0, /*keepdim=*/true), {}}};
  }
};

const RegisterReparam registered{"weight_fact", std::make_shared<WeightFactorization>()};

}  // namespace
}  // namespace nusselt
