// ConFIG, the conflict-free direction: at the same angle to all gradients, none of which it opposes,
//     u = U( [U(g_1) ... U(g_m)]^(-T) 1 ),   d = (sum_e g_e . u) u,   U(x) = x/|x|
// with the pseudo-inverse, of the gradients g_e of the weighted losses. Q. Liu, M. Chu, N. Thuerey, ICLR 2025,
// arXiv:2408.11104, eq. (2) and (3). A gradient that vanishes takes no part.
//
// It is the gradient of no function: for first-order optimizers only.
// One residual multiplied by 1e6: u is the same, only the length of d follows. The direction is unit-invariant.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

// Of the largest singular value: gradients closer to linear dependence count as dependent.
constexpr double smallest_part = 1e-10;

class ConFIG final : public Balancer {
 public:
  using Balancer::Balancer;
  bool combines_gradients() const override { return true; }
  torch::Tensor combine(const torch::Tensor& gradients) override {
    const torch::Tensor all = gradients.to(at::kDouble);
    const torch::Tensor norms = all.norm(2, 1);
    const torch::Tensor present = at::nonzero(norms).squeeze(1);
    if (present.numel() == 0) return gradients.sum(0);
    const torch::Tensor unit = all.index_select(0, present) / norms.index_select(0, present).unsqueeze(1);
    const torch::Tensor inverse = at::linalg_pinv(unit, smallest_part);  // [P, m]
    torch::Tensor direction = inverse.sum(1);
    direction = direction / direction.norm().clamp_min(1e-300);
    return (at::mv(all, direction).sum() * direction).to(gradients.scalar_type());
  }
};

const RegisterBalancer entry({"config", [](const std::vector<DimensionlessResidual>& residuals, const Settings&) {
                                return std::make_unique<ConFIG>(residuals);
                              }});

}  // namespace
}  // namespace nusselt
