// Equal traces of the neural tangent kernels K_e = J_e J_e^T, so that all residuals fall at about one rate:
//     l^_e = mean_k(tr K_k/N_k) / (tr K_e/N_e),    l_e <- a l_e + (1 - a) l^_e
// S. Wang, X. Yu, P. Perdikaris, J. Comput. Phys. 449, 2022, 110768, doi:10.1016/j.jcp.2021.110768, eq. (6.4) and
// (6.5), with the mean over points and the mean over k of the authors' later code (jaxpi), which makes it independent
// of the numbers of points. The traces are exact, of the gradients at every point. What PhysicsNeMo calls NTK, the norm
// of grad sqrt(L_e), is a Rayleigh quotient of K_e and not its trace.
//
// One residual multiplied by 1e6: its trace grows by 1e12, its weight falls by as much. Unit-invariant up to a common
// factor.
#include "solver/balancer.hpp"

namespace nusselt {
namespace {

class NeuralTangentKernel final : public Balancer {
 public:
  NeuralTangentKernel(const std::vector<DimensionlessResidual>& residuals, double average)
      : Balancer(residuals), average_(average) {}

  void update(const BalanceView& view) override {
    const torch::Tensor traces = to_tensor(view.traces);
    approach(to_numbers(traces.mean() / traces), average_);
  }

 private:
  double average_;
};

const RegisterBalancer entry({"ntk", [](const std::vector<DimensionlessResidual>& residuals, const Settings& settings) {
                                return std::make_unique<NeuralTangentKernel>(residuals, settings.balancing.average);
                              }});

}  // namespace
}  // namespace nusselt
