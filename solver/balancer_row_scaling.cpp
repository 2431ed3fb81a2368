// Every block of rows of Gauss-Newton's linear system is divided by the norm of its residual, so that one damping and
// one least-squares fit serve blocks of unlike size:
//     l_e proportional to 1/(M_e + tau^2),   M_e = 2 L_e the mean square, geometric mean of all l_e 1
// Row scaling by the size of the right-hand side (G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed. 2013,
// section 6.1.3) applied to blocks. It is rms conditioning with the exponent 1 and no average: below the floor tau it
// goes over into the plain sum, without which a residual that happens to vanish would take all the weight.
//
// Like every exponent 1 it can lock onto the equations that are easy to satisfy: on the heated cavity, with weights new
// every 10 steps of the default optimizer, five residuals fell to 1e-4 and momentum_x stayed at 0.2 with a weight of
// 1e-4, where static weights solve it.
//
// One residual multiplied by 1e6: l_e M_e is the same for all above the floor: unit-invariant there.
#include <cmath>

#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class RowScaling final : public Balancer {
 public:
  RowScaling(const std::vector<DimensionlessResidual>& residuals, double floor) : Balancer(residuals), floor_(floor) {}

  void update(const BalanceView& view) override {
    const torch::Tensor logs = -at::log(2 * to_tensor(view.losses) + floor_ * floor_);
    weights_ = to_numbers(at::exp(logs - logs.mean()));
  }

 private:
  double floor_;
};

const RegisterBalancer entry({"row_scaling",
                              [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<RowScaling>(residuals, settings.balancing.floor);
                              }});

}  // namespace
}  // namespace nusselt
