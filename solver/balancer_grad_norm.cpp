// Equal gradient norms:
//     l^_e = mean_k |grad L_k| / |grad L_e|,    l_e <- a l_e + (1 - a) l^_e,   l_e = 1 at the start
// S. Wang, S. Sankaran, H. Wang, P. Perdikaris, arXiv:2308.08468, algorithm 1, step (b), which has the sum over k where
// the authors' code, jaxpi, and this file have the mean: a common factor. Gradients of the unweighted losses.
//
// One residual multiplied by 1e6: once a^n is forgotten its weighted gradient is as long as the others', so the
// direction is that of the unmultiplied residuals; all weights grow by the mean. Unit-invariant up to a common factor.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class GradNorm final : public Balancer {
 public:
  GradNorm(const std::vector<DimensionlessResidual>& residuals, double average)
      : Balancer(residuals), average_(average) {}

  void update(const BalanceView& view) override {
    const torch::Tensor norms = view.gradients.norm(2, 1);
    approach(to_numbers(norms.mean() / norms), average_);
  }

 private:
  double average_;
};

const RegisterBalancer entry({"grad_norm",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<GradNorm>(residuals, settings.balancing.average);
                              }});

}  // namespace
}  // namespace nusselt
