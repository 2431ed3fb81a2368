// Where points lie: sets of points in the box and on its faces, in scaled coordinates, each with its quadrature weight.
//
// A set is a pure function of (seed, purpose, draw), so that resuming a run needs no state but a counter. Sobol points
// (I. M. Sobol, USSR Comput. Math. Math. Phys. 7, 1967, 86) get a random shift per draw (Cranley & Patterson, SIAM J.
// Numer. Anal. 13, 1976, 904, doi:10.1137/0713071); so do Halton points (J. H. Halton, Numer. Math. 2, 1960, 84,
// doi:10.1007/BF01386213). Latin hypercubes: M. D. McKay, R. J. Beckman, W. J. Conover, Technometrics 21, 1979, 239,
// doi:10.1080/00401706.1979.10489755.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "solver/case/box.hpp"
#include "solver/case/gauss_rule.hpp"

namespace nusselt {

/// Points in row-major [N, D] and weights [N] that sum to 1: the mean of a function is the weighted sum of its values.
struct PointSet {
  int dimensions = 0;
  std::vector<double> x;
  std::vector<double> weights;
  std::vector<double> normals = {};  // outward, row-major [N, D]; empty inside and on a moment in time
  int size() const { return static_cast<int>(weights.size()); }
};

struct Draw {
  std::uint64_t seed;
  std::string purpose;  // "interior", "held out", "x- training": sets of unlike purpose are independent
  std::uint64_t number;
};

/// The ends of the box in scaled coordinates, along its active axes.
struct ScaledBox {
  std::vector<double> lower;
  std::vector<double> upper;
  int dimensions() const { return static_cast<int>(lower.size()); }
};

/// How points of a box are placed where not evenly.
struct Placement {
  double on_boundary = 0;  // share of them on its faces: sample_closed_box
  double near_walls = 1;   // their density at a wall beside that in the middle: crowd_to_walls
};

/// Known samplers: `sobol`, `halton`, `latin_hypercube` (along each axis one point in each of `count` equal parts),
/// `random`, `gauss` (a Gauss-Legendre tensor grid with its quadrature weights; about `count`
/// points, the same in every draw). Throws std::invalid_argument for another name.
PointSet sample_box(const std::string& sampler, const ScaledBox& box, int count, const Draw& draw);
/// The same on a face: the coordinate along `axis` (number among the active axes) is fixed.
PointSet sample_face(const std::string& sampler, const ScaledBox& box, int axis, bool upper, int count,
                     const Draw& draw);
std::vector<std::string> sampler_names();

/// Points of which the share `on_boundary` lies on the faces of the box, evenly on all of them. The weights are those
/// of a trapezoidal rule: a point on a face stands for half a cell in front of it, and the points inside keep out of
/// that layer, so that means of smooth functions are met to second order in the distance of the points. With too few
/// points for one on every face, and for the Gauss grid, it is sample_box.
PointSet sample_closed_box(const std::string& sampler, const ScaledBox& box, int count, double on_boundary,
                           const Draw& draw);
/// Moves points that lie evenly in a box towards its walls: along each of `axes` (numbers among the active ones) the
/// coordinate s of the unit interval becomes 1/2 + tanh(b (2 s - 1))/(2 tanh b) (M. Vinokur, J. Comput. Phys. 50, 1983,
/// 215, doi:10.1016/0021-9991(83)90065-7), so that the density at the walls is `ratio` >= 1 times that in the middle.
/// Weights follow, and means stay right. Points on a face stay there.
void crowd_to_walls(PointSet& set, const ScaledBox& box, const std::vector<int>& axes, double ratio);
/// The density of points so moved, beside that in the middle: 1 at `depth` 1, `ratio` at depth 0, the wall.
double wall_density(double depth, double ratio);
/// Whether point `n` of a set lies on a face.
bool lies_on_boundary(const PointSet& set, int n, const ScaledBox& box);

}  // namespace nusselt
