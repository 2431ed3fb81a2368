// Equal spread of the gradients' entries:
//     l^_e = max_k std(grad L_k) / std(grad L_e),    l_e <- a l_e + (1 - a) l^_e
// with std over the parameters. S. Maddu, D. Sturm, C. L. Mueller, I. F. Sbalzarini, Mach. Learn.: Sci. Technol. 3,
// 2022, 015026, doi:10.1088/2632-2153/ac3712, eq. (2.6): as published.
//
// One residual multiplied by 1e6: unit-invariant up to a common factor, as grad_norm; the largest gradient has weight 1
// and all others more.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class InverseDirichlet final : public Balancer {
 public:
  InverseDirichlet(const std::vector<DimensionlessResidual>& residuals, double average)
      : Balancer(residuals), average_(average) {}

  void update(const BalanceView& view) override {
    const torch::Tensor spread = view.gradients.std(1, /*unbiased=*/false);
    approach(to_numbers(spread.max() / spread), average_);
  }

 private:
  double average_;
};

const RegisterBalancer entry({"inverse_dirichlet",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<InverseDirichlet>(residuals, settings.balancing.average);
                              }});

}  // namespace
}  // namespace nusselt
