// Residual conditioning: weights that keep equations of unlike size comparable while they fall.
//
// `layernorm` is LayerNorm of the vector of log norms, used as stop-gradient weights: with M_e the mean square of
// residual e, averaged over steps,
//     log w_e = -q (log M_e - mean_e log M_e),   q = min(p / std_e(log sqrt(M_e)), 1/2)  and at least 0,
// clamped and rescaled to geometric mean 1. Its components are commensurable because residuals are dimensionless, the
// zero residual stays the fixed point, and the overall learning rate is unchanged. LayerNorm of the residuals
// themselves would not do: its squares sum to the number of equations and its minimum is equal residuals, not zero.
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
  /// Throws std::invalid_argument for an unknown name in `settings`.
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
