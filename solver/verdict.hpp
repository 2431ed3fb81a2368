// Whether a trained state is a solution: judged on points that were never trained on and on conservation through the
// boundary, in float64, never on the reference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "solver/estimation.hpp"
#include "solver/solution.hpp"
#include "solver/term_budget.hpp"

namespace nusselt {

struct ResidualReport {
  std::string name;
  std::string region;
  double rms;        // dimensionless, on held-out points
  double max;        // the same
  double train_rms;  // on the training points
  double scale;      // one dimensionless unit in SI
  std::string unit;
  /// RMS over the RMS of the summed sizes of the equation's terms, in [0, 1]; nothing for a condition.
  std::optional<double> term_budget = {};
};

struct BalanceReport {
  std::string name;
  double relative;  // |flux out + what is stored - source| over the largest of inflow, outflow, stored and source
};

struct Criterion {
  std::string name;
  double value;
  double limit;
  bool passed;
  /// An independent check, of conservation: a state that fails only these has small residuals and is wrong all the
  /// same.
  bool independent;
};

struct Evaluation {
  std::vector<ResidualReport> residuals;
  std::vector<BalanceReport> balances;
  std::vector<Criterion> criteria;
  std::optional<Estimation> estimation = {};  // of a case with sensors
  bool passed() const;
  bool only_independent_checks_failed() const;
};

struct QuantityReport {
  std::string name;
  double value;
  std::string unit;
  std::optional<double> reference;
  std::string source;
  std::optional<double> bound;  // on its relative error, of a run in full
};

struct ErrorReport {
  std::string field;
  double relative_l2;
  double max_abs;
  std::string unit;
  std::string reference;
  std::optional<double> bound;  // on relative_l2, of a run in full
};

/// Judges states of one case.
class Judge {
 public:
  explicit Judge(const Case& the_case);

  /// `train_mean_squares`: one per residual of the problem, on the current training points.
  Evaluation evaluate(const Solution& solution, const std::vector<double>& train_mean_squares) const;
  std::vector<QuantityReport> quantities(const Solution& solution) const;
  /// Against the case's reference fields; several velocity components are taken together as `velocity`. Temperatures
  /// are compared as differences from the temperature level; a pressure that is known up to a constant, or up to a
  /// function of time, without its mean, or its mean at each moment.
  std::vector<ErrorReport> errors(const Solution& solution) const;

 private:
  std::vector<BalanceReport> balances(const Solution& solution) const;
  const Case& case_;
  TermBudget budget_;
};

}  // namespace nusselt
