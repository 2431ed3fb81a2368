// What training is watched with beyond its residuals: a row of numbers every `diagnostics.every` steps.
//
// Residuals i = 1 .. m in the order of Problem::residuals(), L_i = 1/2 mean r_i^2 over the training points, g_i its
// gradient, weight_i what the loss multiplies L_i with.
//     residual        RMS and maximum on held-out points, dimensionless and in SI
//     term budget     of an equation: RMS of its residual over the RMS of the summed sizes of its terms
//     gradient        |g_i|, weight_i |g_i|, and |g_i| in each layer
//     cosine          g_i . g_j / (|g_i| |g_j|), and the smallest of g_i with the gradient of the loss
//     alignment       2 |mean_i g_i/|g_i||^2 - 1, from -1 to 1 (arXiv:2502.00604)
//     kernel          the mean of the diagonal of K_i = J_i J_i^T; the leading eigenvalues of the K of all residuals on
//                     the probe points, and its condition number (Wang, Yu, Perdikaris, arXiv:2007.14527)
//     omega           |change of a layer's weights since the last look| / |weights|, 0 at the first
//     drift           of what enters an activation, over probe points and neurons, since the last look:
//                     |(mean, deviation) now - then| / deviation, for the values and for the sizes of first and second
//                     derivatives (internal covariate shift, arXiv:1502.03167, on all channels that an equation sees)
//     size            RMS of these derivatives
//     saturated       part of the activations whose slope is below that of tanh where it is 0.97
//     kappa           RMS of gain over deviation in a norm: what amplifies the gradient below it (arXiv:1706.05350)
//     train-inference gap   of norms over points, StatisticsSchedule::gap
// A number beyond all numbers stands there as the largest double. Looking draws no random number of the training and
// changes none of its state. What the next row needs of this one, the parameters, is state of its own.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "solver/batch_statistics.hpp"
#include "solver/term_budget.hpp"

namespace nusselt {

/// What a look sees.
struct Watched {
  torch::Tensor theta;                        // that the optimizer sees [T]
  BatchStatistics statistics;                 // of the objective
  torch::Tensor all;                          // all parameters of the network, as training has them [P]
  torch::Tensor judged;                       // as the field has them that is judged [P]
  const std::vector<WeightedPoints>& points;  // of training
  std::vector<double> balance;                // one weight per residual beside those that the case states
  double gap = 0;                             // between training and inference
};

struct DiagnosticsColumn {
  std::string name;    // "gradient of continuity"
  std::string unit;    // empty without one
  std::string figure;  // what it is drawn with, "gradients"; empty for none
};

struct DiagnosticsState {
  std::vector<std::vector<double>> rows;  // step, then the columns
  torch::Tensor all;                      // parameters at the last look; undefined before the first
};

class Diagnostics {
 public:
  /// Both must outlive it.
  Diagnostics(const Case& the_case, const Problem& problem);

  /// Whether a look is due after so many steps, and was not taken there already.
  bool due(int step) const;
  /// Steps from here to the next look; without end where there is none.
  int steps_until_due(int step) const;
  void look(int step, const Watched& now);

  const std::vector<DiagnosticsColumn>& columns() const { return columns_; }
  const DiagnosticsState& state() const { return state_; }
  void restore(const DiagnosticsState& state) { state_ = state; }

 private:
  /// A part of theta: a linear layer or a norm, "layer1", "norm1".
  struct Layer {
    std::string name;
    std::vector<std::pair<std::int64_t, std::int64_t>> parts;    // offset, size
    std::vector<std::pair<std::int64_t, std::int64_t>> weights;  // of its matrix
  };
  void add_residuals(std::vector<double>& row, const Watched& now) const;
  void add_gradients(std::vector<double>& row, const Watched& now) const;
  void add_kernel(std::vector<double>& row, const Watched& now) const;
  void add_layers(std::vector<double>& row, const Watched& now) const;
  void add_activations(std::vector<double>& row, const Watched& now) const;

  const Case& case_;
  const Problem& problem_;
  TermBudget budget_;
  std::vector<double> stated_;  // weights in the case, one per residual
  std::vector<WeightedPoints> probe_;
  std::vector<Layer> layers_;
  std::vector<DiagnosticsColumn> columns_;
  DiagnosticsState state_;
};

}  // namespace nusselt
