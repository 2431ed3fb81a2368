// Residual conditioning: weights that keep equations of unlike size comparable while they fall.
//
// With M_e the mean square of residual e, averaged over evaluations, plus the square of the floor tau, both methods
// take the vector of logarithms, whose components are commensurable because residuals are dimensionless, to
// stop-gradient weights
//     log w_e = -q (log M_e - mean_e log M_e)
// which are clamped and rescaled to geometric mean 1. They differ in the exponent:
//     rms         q = p
//     layernorm   q = min(p / std_e(log sqrt(M_e)), 1/2): LayerNorm of the vector of log norms
// The objective that is followed is sum_e M_e^(1-q)/(1-q): squares for q = 0, norms for 1/2, logarithms for 1. Above
// 1/2 it draws to whichever residual vanishes most easily, so rms then asks for a floor, below which all count alike.
// The zero residual stays the fixed point, and the overall learning rate is unchanged. LayerNorm of the residuals
// themselves would not do (naive_layernorm.hpp): its squares sum to the number of equations, its minimum is equal
// residuals.
//
// One residual multiplied by 1e6: rms, clamp apart, divides its weight by 1e12^p relative to the others: unit-invariant
// for p = 1 and tau = 0 only. layernorm has the ratio exp(2p/std') at most, whatever the factor: bounded.
//
// Conditioning takes DimensionlessResidual and nothing else: averaging Pa/m with K/s has no meaning.
#pragma once

#include <string>
#include <vector>

#include "nondim/nondimensionalize.hpp"
#include "solver/case/settings.hpp"

namespace nusselt {

class Conditioning {
 public:
  /// Throws std::invalid_argument for an unknown name in `settings`, and for rms with an exponent above 1/2 without a
  /// floor.
  Conditioning(const std::vector<DimensionlessResidual>& residuals, const Settings::Conditioning& settings);

  /// One weight per residual, all positive, geometric mean 1; all 1 for `none`.
  const std::vector<double>& weights() const { return weights_; }
  /// Takes in the mean squares of the residuals at the current state, one per residual.
  void update(const std::vector<double>& mean_squares);

  /// The state a checkpoint keeps: the averaged mean squares, empty before the first update.
  const std::vector<double>& averages() const { return averages_; }
  void restore(const std::vector<double>& averages);

 private:
  void compute_weights();
  Settings::Conditioning settings_;
  std::vector<double> averages_;
  std::vector<double> weights_;
};

std::vector<std::string> conditioning_names();

}  // namespace nusselt
