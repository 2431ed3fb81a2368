// Learning rate annealing. The equations inside the domain keep l = 1; with L_r the sum of their losses every condition
// i gets, element by element over the parameters,
//     max_mean    l^_i = max|grad L_r| / mean|grad(l_i L_i)|
//     mean_mean   l^_i = mean|grad L_r| / mean|grad L_i|
// and l_i <- a l_i + (1 - a) l^_i.
// S. Wang, Y. Teng, P. Perdikaris, SIAM J. Sci. Comput. 43, 2021, A3055, doi:10.1137/20M1318043, eq. (40) and (41).
// max_mean is what the authors' code does (GradientPathologiesPINNs): its denominator has the weighted loss, so that
// its fixed point is the square root of what the formula with the unweighted one would give. mean_mean is the formula
// of later implementations (PhysicsNeMo, ReLoBRaLo's comparison), unweighted.
//
// A condition multiplied by 1e6: with mean_mean its weighted gradient stays where it was, unit-invariant; with max_mean
// its weight falls by 1e6 where 1e12 would be needed, so that its gradient is 1e6 times too large. An equation
// multiplied by 1e6 drowns the other equations: nothing is weighed among them.
#include <cmath>

#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class LearningRateAnnealing final : public Balancer {
 public:
  LearningRateAnnealing(const std::vector<DimensionlessResidual>& residuals, double average, bool max_mean)
      : Balancer(residuals), average_(average), max_mean_(max_mean) {}

  void update(const BalanceView& view) override {
    const auto interior = static_cast<std::int64_t>(view.interior);
    const torch::Tensor equations = view.gradients.narrow(0, 0, interior).sum(0).abs();
    const double reference = (max_mean_ ? equations.max() : equations.mean()).item<double>();
    const std::vector<double> means = to_numbers(view.gradients.abs().mean(1));
    std::vector<double> target(weights_.size(), 1.0);
    for (std::size_t e = view.interior; e < target.size(); ++e) {
      target[e] = reference / (max_mean_ ? weights_[e] * means[e] : means[e]);
    }
    approach(target, average_);
  }

 private:
  double average_;
  bool max_mean_;
};

const RegisterBalancer entry({"lra", [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<LearningRateAnnealing>(residuals, settings.balancing.average,
                                                                               settings.balancing.lra == "max_mean");
                              }});

}  // namespace
}  // namespace nusselt
