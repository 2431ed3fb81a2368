// Residual-based attention: points with a large residual, of late, weigh more,
//     lambda_ne <- g lambda_ne + (1 - g) |r_ne| / max_k |r_ke|,   lambda = 0 at the start,   q_ne = lambda_ne^2
// for every residual e over the points of its set. S. J. Anagnostopoulos, J. D. Toscano, N. Stergiopulos,
// G. E. Karniadakis, Comput. Methods Appl. Mech. Eng. 421, 2024, 116805, arXiv:2307.00379, eq. (7), with the authors'
// code's rate 0.001 = 1 - g: lambda stays below 1 (the paper's 0.01 would let it reach 10).
//
// One residual multiplied by 1e6: |r|/max|r| is the same, so are the weights, and its loss keeps the 1e12: it weighs
// points of one residual against each other, not residuals. Bounded by 1.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class ResidualBasedAttention final : public Balancer {
 public:
  ResidualBasedAttention(const std::vector<DimensionlessResidual>& residuals, double memory)
      : Balancer(residuals), memory_(memory) {}

  void update(const BalanceView& view) override {
    const bool first = point_weights_.empty();
    point_weights_.resize(view.sets.size());
    for (std::size_t s = 0; s < view.sets.size(); ++s) {
      const torch::Tensor size = view.sets[s].residuals.abs();
      const torch::Tensor largest = std::get<0>(size.max(0, /*keepdim=*/true)).clamp_min(smallest);
      const torch::Tensor lambda = first ? at::zeros_like(size) : point_weights_[s].sqrt();
      point_weights_[s] = (memory_ * lambda + (1 - memory_) * size / largest).square();
    }
  }

 private:
  static constexpr double smallest = 1e-300;  // a residual that vanishes everywhere has weight 0, not 0/0
  double memory_;
};

const RegisterBalancer entry({"rba", [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<ResidualBasedAttention>(residuals, settings.balancing.memory);
                              }});

}  // namespace
}  // namespace nusselt
