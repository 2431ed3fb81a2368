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

  /// The same of a case that was solved in windows of time, of the first of them and on. At later times than these its
  /// values are not numbers.
  Solution(const Case& whole, const std::vector<Solution>& windows);

  /// The same for another member of a family: `constants` (SI) of the inputs that differ from where scales are taken.
  /// Throws std::out_of_range with a sentence for values outside of their ranges.
  Solution of_member(const std::map<std::string, double>& constants) const;

  /// Of windows those of the last one.
  const torch::Tensor& parameters() const { return pieces_.back().theta; }
  std::size_t windows() const { return pieces_.size(); }
  const torch::Tensor& parameters_of(std::size_t window) const { return pieces_[window].theta; }
  const Problem& problem() const { return problem_; }

  /// Values in SI of expressions in the case's dimensional fields, at scaled points: [N, number of expressions].
  torch::Tensor values(const std::vector<Expression>& expressions, const Points& points) const;
  /// The fields of the system, [N, F].
  torch::Tensor fields(const Points& points) const;
  /// The jets of the network, or of the window that each point lies in, [N, C, outputs]. No gradient is recorded.
  torch::Tensor jet(const torch::Tensor& x, const JetSpec& spec) const;
  /// Dimensionless residuals of the equations, [N, E], wherever the points are.
  torch::Tensor residuals(const Points& points) const;

  /// Mean over a face by quadrature, SI.
  double face_mean(const Expression& integrand, const Face& face) const;
  /// The same of what is positive in it, and of what is negative: face_mean is `out` - `in`.
  struct Flows {
    double out, in;
  };
  Flows face_flows(const Expression& integrand, const Face& face) const;
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
  struct Weighted {
    torch::Tensor values, weights;  // [N]
  };
  Weighted on_face(const Expression& integrand, const Face& face) const;
  void fix_gauges();
  /// Points in the space of the box, with the coordinates of this member.
  PointSet with_member(const PointSet& points) const;
  /// Until `end`, in scaled time; there is one piece, without an end, where there are no windows.
  struct Piece {
    double end;
    Network network;
    torch::Tensor theta;
  };
  const Case& case_;
  Problem problem_;
  std::vector<Piece> pieces_;
  std::map<std::string, double> unknowns_;  // of the sought constants, and the coordinates of this member
  std::vector<double> member_;              // the same coordinates in their order
};

}  // namespace nusselt
