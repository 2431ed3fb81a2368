// PCGrad, projecting conflicting gradients: from each g_e, of the weighted losses, what opposes another is taken out,
//     p_e = g_e;   for k != e in random order: if p_e . g_k < 0 then p_e -= (p_e . g_k)/|g_k|^2 g_k;   d = sum_e p_e
// T. Yu, S. Kumar, A. Gupta, S. Levine, K. Hausman, C. Finn, NeurIPS 2020, arXiv:2001.06782, algorithm 1. The order is
// drawn anew for each e, from the case's seed and the number of the step.
//
// It is the gradient of no function: for first-order optimizers only.
// One residual multiplied by 1e6: projections do not see lengths, the sum does: the direction is that residual's own,
// without what opposes the others.
#include "solver/balancer.hpp"
#include "solver/sampling.hpp"

namespace nusselt {
namespace {

class PCGrad final : public Balancer {
 public:
  PCGrad(const std::vector<DimensionlessResidual>& residuals, std::uint64_t seed) : Balancer(residuals), seed_(seed) {}

  bool combines_gradients() const override { return true; }
  torch::Tensor combine(const torch::Tensor& gradients) override {
    const std::int64_t m = gradients.size(0);
    const torch::Tensor all = gradients.to(at::kDouble);
    const torch::Tensor squares = all.square().sum(1).cpu();
    const std::vector<double> uniform =
        sample_box("random", {{0.0}, {1.0}}, static_cast<int>(m * m), {seed_, "projections", count_++}).x;
    const torch::Tensor orders = to_tensor(uniform).view({m, m}).argsort(/*dim=*/1, /*descending=*/false);
    torch::Tensor sum = at::zeros_like(all[0]);
    for (std::int64_t e = 0; e < m; ++e) {
      torch::Tensor projected = all[e].clone();
      for (std::int64_t i = 0; i < m; ++i) {
        const auto k = orders[e][i].item<std::int64_t>();
        const double square = squares[k].item<double>();
        if (k == e || !(square > 0)) continue;
        const double product = at::dot(projected, all[k]).item<double>();
        if (product < 0) projected.sub_(all[k], product / square);
      }
      sum += projected;
    }
    return sum.to(gradients.scalar_type());
  }

  OptimizerState state() const override {
    OptimizerState state = Balancer::state();
    state["count"] = at::full({1}, static_cast<double>(count_), at::kDouble);
    return state;
  }
  void restore(const OptimizerState& state) override {
    Balancer::restore(state);
    count_ = static_cast<std::uint64_t>(state.at("count").item<double>());
  }

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
};

const RegisterBalancer entry({"pcgrad",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<PCGrad>(residuals, settings.seed);
                              }});

}  // namespace
}  // namespace nusselt
