// Causal weights: the equations at a later time count only once they hold before. Time is cut into M equal parts; with
// C_j the mean over the points of part j of the sum over equations of r^2,
//     q_ne = exp(-eps sum_{k<j} C_k)   for the points n of part j
// Conditions keep q = 1. S. Wang, S. Sankaran, P. Perdikaris, Comput. Methods Appl. Mech. Eng. 421, 2024, 116813,
// arXiv:2203.07404, eq. (3.12); one sum for all equations as there, where jaxpi takes the smallest weight of any
// equation. The weights follow from the residuals at the update alone: nothing is remembered.
//
// One residual multiplied by 1e6: C is 1e12 times larger and all parts but the first fall to 0 until that residual is
// solved: eps carries the unit. Bounded by 1, not unit-invariant.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class Causal final : public Balancer {
 public:
  Causal(const std::vector<DimensionlessResidual>& residuals, double strictness, int parts)
      : Balancer(residuals), strictness_(strictness), parts_(parts) {}

  void update(const BalanceView& view) override {
    const BalanceView::Set& inside = view.sets.front();
    const torch::Tensor part = (inside.time * parts_).floor().clamp(0, parts_ - 1).to(at::kLong);
    const torch::Tensor squares = inside.residuals.square().sum(1);
    const torch::Tensor empty = at::zeros({parts_}, at::kDouble);
    const torch::Tensor sums = empty.index_add(0, part, squares);
    const torch::Tensor counts = empty.index_add(0, part, at::ones_like(squares)).clamp_min(1);
    const torch::Tensor loss = sums / counts;
    const torch::Tensor weights = at::exp(-strictness_ * (loss.cumsum(0) - loss));
    point_weights_.assign(view.sets.size(), torch::Tensor());
    point_weights_.front() = weights.index_select(0, part).unsqueeze(1).expand_as(inside.residuals).contiguous();
  }

 private:
  double strictness_;
  std::int64_t parts_;
};

const RegisterBalancer entry({"causal",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<Causal>(residuals, settings.balancing.causality,
                                                                settings.balancing.parts);
                              }});

}  // namespace
}  // namespace nusselt
