// A trained state seen in SI: fields, residuals and integrals at any points, from the network's exact derivatives.
#pragma once

#include <torch/types.h>

#include <map>
#include <string>
#include <vector>

#include "solver/problem.hpp"

namespace nusselt {

class Solution {
 public:
  /// Always float64. `theta` is copied; the mean of every gauge field (a pressure known up to a constant) is set to
  /// zero. The case must outlive the solution.
  Solution(const Case& the_case, const torch::Tensor& theta);

  /// The same for another member of a family: `constants` (SI) of the inputs that differ from where scales are taken.
  /// Throws std::out_of_range with a sentence for values outside of their ranges.
  Solution of_member(const std::map<std::string, double>& constants) const;

  const torch::Tensor& parameters() const { return theta_; }
  const Problem& problem() const { return problem_; }

  /// Values in SI of expressions in the case's dimensional fields, at scaled points: [N, number of expressions].
  torch::Tensor values(const std::vector<Expression>& expressions, const Points& points) const;
  /// The fields of the system, [N, F].
  torch::Tensor fields(const Points& points) const;
  /// Dimensionless residuals of the equations, [N, E], wherever the points are.
  torch::Tensor residuals(const Points& points) const;

  /// Mean over a face by quadrature, SI.
  double face_mean(const Expression& integrand, const Face& face) const;
  /// Mean over a region, of whose fields the integrand is, by quadrature, SI.
  double region_mean(const Expression& integrand, const Region& region) const;
  /// One per point: whether it lies in the region.
  std::vector<bool> lie_in(const Region& region, const std::vector<std::vector<double>>& coordinates) const;

  /// Mean over the part of a box on which some coordinates have the given positions, by Gauss-Legendre quadrature, or
  /// the value where all of them have; SI.
  double section_mean(const Expression& integrand, const std::map<Axis, double>& positions, const Box& box) const;

  struct Extremum {
    double value;
    double place;  // of the coordinate that varies
  };
  /// The smallest or largest value along the line on which all coordinates but `axis` have the given positions, all in
  /// SI, ends included. Searched on 2,001 points and refined around the best of them until the place has nine digits;
  /// a second extremum narrower than the first grid is missed.
  Extremum line_extremum(const Expression& expression, Axis axis, const std::map<Axis, double>& positions,
                         bool largest) const;

  /// SI value of a constant of the case at this state, of a sought one or a formula of it as it was found. Throws
  /// std::out_of_range for a name that is none.
  double constant(const std::string& name) const;

  /// Scaled points of this member from SI coordinates, one vector per active axis.
  Points points_at(const std::vector<std::vector<double>>& coordinates) const;

 private:
  void fix_gauges();
  /// Points in the space of the box, with the coordinates of this member.
  PointSet with_member(const PointSet& points) const;
  const Case& case_;
  Problem problem_;
  torch::Tensor theta_;
  std::map<std::string, double> unknowns_;  // of the sought constants, and the coordinates of this member
  std::vector<double> member_;              // the same coordinates in their order
};

}  // namespace nusselt
