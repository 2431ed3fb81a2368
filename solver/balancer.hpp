// One interface for all ways to weigh residuals against each other while they are trained. A balancer looks at numbers
// of the current state, BalanceView, and nothing else: so each is compared with its formula on a model of two numbers.
//
// What it gives is one of three, documented at the head of its file:
//   weights l_e of the residuals, factors of their losses;
//   weights q_ne of a residual at each point, factors of the squares there;
//   a direction made of the residuals' gradients, in place of the gradient.
// All are constants to the optimizer: no derivative goes through them.
//
// A balancer is made for dimensionless residuals only: means of losses or gradients in N/m^3 and K/s mean nothing.
#pragma once

#include <torch/types.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "solver/adam_steps.hpp"
#include "solver/case/settings.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {

/// The current state, without any weight but the quadrature's (term_gradients.hpp). float64 on the CPU.
struct BalanceView {
  std::vector<double> losses;  // L_e [m], half the mean square of each residual
  std::size_t interior = 0;    // how many of them, the first ones, are equations inside the domain
  torch::Tensor gradients;     // of L_e [m, P]; undefined for a balancer that does not look at them
  std::vector<double> traces;  // tr K_e / N_e [m]; empty likewise
  struct Set {
    torch::Tensor residuals;  // [N, E]
    torch::Tensor time;       // of its points, [N] in [0, 1]; undefined in a steady case
  };
  std::vector<Set> sets;  // empty for a balancer that looks at gradients
};

class Balancer {
 public:
  explicit Balancer(const std::vector<DimensionlessResidual>& residuals) : weights_(residuals.size(), 1.0) {}
  virtual ~Balancer() = default;

  /// Takes in the current state; the weights are new from here on.
  virtual void update(const BalanceView& /*view*/) {}
  /// l_e, one per residual; 1 before the first update.
  const std::vector<double>& weights() const { return weights_; }
  /// q_ne [N, E] per set, undefined where all are 1; empty before the first update and where there are none.
  const std::vector<torch::Tensor>& point_weights() const { return point_weights_; }
  /// Whether the direction is its own: what combine() makes of the gradients [m, P] of the weighted losses.
  virtual bool combines_gradients() const { return false; }
  virtual torch::Tensor combine(const torch::Tensor& gradients) { return gradients.sum(0); }
  /// Other points: what is known of the old ones is forgotten.
  virtual void points_changed() { point_weights_.clear(); }

  /// Copies on the CPU, and back. A restored balancer goes on with the same bits.
  virtual OptimizerState state() const;
  virtual void restore(const OptimizerState& state);

 protected:
  /// l = average*l + (1 - average)*target, entry by entry; an entry of the target that is not finite changes nothing.
  void approach(const std::vector<double>& target, double average);
  std::vector<double> weights_;
  std::vector<torch::Tensor> point_weights_;
};

std::vector<double> to_numbers(const torch::Tensor& tensor);
torch::Tensor to_tensor(const std::vector<double>& values);
/// exp(x_e)/sum_k exp(x_k), without overflow.
std::vector<double> softmax(std::vector<double> x);

/// Adam's state among a balancer's, its names ending in `suffix`.
void save(const AdamState& moments, const std::string& suffix, OptimizerState& state);
AdamState load(const std::string& suffix, const OptimizerState& state);

struct BalancerEntry {
  std::string name;
  std::function<std::unique_ptr<Balancer>(const std::vector<DimensionlessResidual>&, const Settings&)> make;
};

/// Registers a balancer at program start, in its own file.
struct RegisterBalancer {
  explicit RegisterBalancer(BalancerEntry entry);
};

/// The one that settings.balancing names. Throws std::invalid_argument for an unknown name.
std::unique_ptr<Balancer> make_balancer(const std::vector<DimensionlessResidual>& residuals, const Settings& settings);
std::vector<std::string> balancer_names();

}  // namespace nusselt
