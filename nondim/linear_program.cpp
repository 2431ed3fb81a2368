#include "nondim/linear_program.hpp"

#include <cmath>
#include <cstddef>
#include <utility>

namespace nusselt {
namespace {

// Entries are sums of a few small fractions: below this they are rounding.
constexpr double negligible = 1e-11;

/// max bound . price where the transposed rows times the prices are the costs: rows of the tableau are the unknowns of
/// the program, columns its constraints and then one artificial variable for each row.
class Tableau {
 public:
  explicit Tableau(const LinearProgram& program)
      : program_(program), unknowns_(program.cost.size()), constraints_(program.constraints.size()) {
    for (std::size_t i = 0; i < unknowns_; ++i) {
      const double sign = program.cost[i] < 0 ? -1 : 1;
      std::vector<double> row(width() + 1, 0);
      for (std::size_t j = 0; j < constraints_; ++j) row[j] = sign * program.constraints[j].row.at(i);
      row[constraints_ + i] = 1;
      row[width()] = sign * program.cost[i];
      rows_.push_back(std::move(row));
      signs_.push_back(sign);
      basis_.push_back(constraints_ + i);
    }
  }

  LinearOptimum solve() {
    const auto artificial = [this](std::size_t j) { return j >= constraints_ ? -1.0 : 0.0; };
    climb(artificial);
    double missed = 0;
    double size = 1;
    for (std::size_t i = 0; i < unknowns_; ++i) {
      missed -= artificial(basis_[i]) * rows_[i][width()];
      size += std::abs(program_.cost[i]);
    }
    if (missed > negligible * size) throw std::invalid_argument("linear program: the cost can fall without end");
    drive_out_artificial();
    const auto gain = [this](std::size_t j) { return j < constraints_ ? program_.constraints[j].bound : 0.0; };
    climb(gain);

    LinearOptimum optimum{std::vector<double>(unknowns_, 0), 0, std::vector<double>(constraints_, 0)};
    for (std::size_t i = 0; i < unknowns_; ++i) {
      if (basis_[i] < constraints_) optimum.prices[basis_[i]] = rows_[i][width()];
      // The unknowns are the multipliers of the basis: its gains times the inverse that the artificial columns hold.
      for (std::size_t k = 0; k < unknowns_; ++k) {
        optimum.x[k] += signs_[k] * gain(basis_[i]) * rows_[i][constraints_ + k];
      }
    }
    for (std::size_t k = 0; k < unknowns_; ++k) optimum.cost += program_.cost[k] * optimum.x[k];
    return optimum;
  }

 private:
  std::size_t width() const { return constraints_ + unknowns_; }

  template <class Gain>
  void climb(const Gain& gain) {
    while (true) {
      std::size_t entering = constraints_;
      for (std::size_t j = 0; j < constraints_ && entering == constraints_; ++j) {
        double reduced = gain(j);
        double size = std::abs(reduced);
        for (std::size_t i = 0; i < unknowns_; ++i) {
          reduced -= gain(basis_[i]) * rows_[i][j];
          size += std::abs(gain(basis_[i]) * rows_[i][j]);
        }
        if (reduced > negligible * (1 + size)) entering = j;
      }
      if (entering == constraints_) return;
      std::size_t leaving = unknowns_;
      double smallest = 0;
      for (std::size_t i = 0; i < unknowns_; ++i) {
        if (rows_[i][entering] <= negligible) continue;
        const double ratio = rows_[i][width()] / rows_[i][entering];
        const bool tie = leaving < unknowns_ && std::abs(ratio - smallest) <= negligible;
        if (leaving == unknowns_ || (tie ? basis_[i] < basis_[leaving] : ratio < smallest)) {
          leaving = i;
          smallest = ratio;
        }
      }
      if (leaving == unknowns_) throw std::invalid_argument("linear program: no x meets the constraints");
      pivot(leaving, entering);
    }
  }

  /// An artificial variable that is left in the basis, at zero, could grow again.
  void drive_out_artificial() {
    for (std::size_t i = 0; i < unknowns_; ++i) {
      if (basis_[i] < constraints_) continue;
      for (std::size_t j = 0; j < constraints_; ++j) {
        if (std::abs(rows_[i][j]) <= negligible) continue;
        pivot(i, j);
        break;
      }
    }
  }

  void pivot(std::size_t row, std::size_t column) {
    const double value = rows_[row][column];
    for (double& entry : rows_[row]) entry /= value;
    for (std::size_t i = 0; i < unknowns_; ++i) {
      const double factor = rows_[i][column];
      if (i == row || factor == 0) continue;
      for (std::size_t j = 0; j <= width(); ++j) rows_[i][j] -= factor * rows_[row][j];
      rows_[i][column] = 0;
    }
    rows_[row][column] = 1;
    basis_[row] = column;
  }

  const LinearProgram& program_;
  std::size_t unknowns_;
  std::size_t constraints_;
  std::vector<std::vector<double>> rows_;
  std::vector<double> signs_;
  std::vector<std::size_t> basis_;
};

}  // namespace

LinearOptimum minimum(const LinearProgram& program) { return Tableau(program).solve(); }

}  // namespace nusselt
