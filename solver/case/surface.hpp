// A named part of the boundary of a shape, after set operations have cut it: points spread by measure, and quadrature.
//
// The measure of a surface is its area in space, its length in the plane and its number of points on a line. In the
// plane a surface is a few intervals of smooth curves whose ends are known to rounding, so that quadrature is spectral.
// In space a face that is cut is a set of bands of smooth lines (see kept_intervals.hpp); quadrature converges fast
// where the cuts are smooth curves and to second order in the spacing of lines across their corners.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "solver/case/kept_intervals.hpp"
#include "solver/case/solid.hpp"

namespace nusselt {

/// Row-major [count, dims] in the unit cube, from a sampler: Sobol points, random ones ...
using UnitPoints = std::function<std::vector<double>(int dims, int count)>;

/// A disc in the plane, a ball in space.
struct Ball {
  Position centre;
  double radius;
};

class Surface {
 public:
  /// Cuts the pieces. A surface of which nothing is left has measure 0.
  Surface(std::string name, std::vector<Piece> pieces);

  const std::string& name() const { return name_; }
  double measure() const { return measure_; }

  /// `count` points spread evenly by measure, with equal weights that sum to the measure. The same unit points give the
  /// same points. On a line: the points that there are, each of weight 1, whatever `count` is.
  std::vector<SurfacePoint> sample(int count, const UnitPoints& unit_points) const;

  /// About `count` points with quadrature weights: Gauss on intervals of curves and on faces, trapezoidal around whole
  /// circles. A surface of more pieces than `count`, a fine triangulation, is sampled evenly instead.
  std::vector<SurfacePoint> quadrature(int count) const;

  /// The part of it in a box, its sides included.
  Surface within(const Position& lower, const Position& upper) const;

  /// The disc or ball of which it is the whole boundary, nothing cut away; none where it is anything else.
  std::optional<Ball> ball() const;

  /// To the surface as it was before set operations cut it; never less than 0.
  double distance(const Position& x) const;

 private:
  struct Part {
    Piece piece;
    bool is_cut;
    std::vector<Interval> kept;  // intervals of u of a curve; of a face the bands of v in which lines of u are alike
    double measure;
    double band_measure;  // of the bands without the cuts, what rejection draws from
  };
  Part cut(Piece piece) const;
  Line line(const Part& part, double v) const;
  void add_curve(const Part& part, int count, std::vector<SurfacePoint>& points) const;
  void add_face(const Part& part, int count, std::vector<SurfacePoint>& points) const;
  std::vector<SurfacePoint> sample_curves(int count, const UnitPoints& unit_points) const;
  std::vector<SurfacePoint> sample_faces(int count, const UnitPoints& unit_points) const;

  /// The part that the share `s` of what is drawn from falls into; `s` becomes the share within that part.
  const Part& part_at(double& s) const;

  std::string name_;
  std::vector<std::shared_ptr<const Carrier>> carriers_;
  std::vector<Part> parts_;         // of which something is left
  std::vector<double> drawn_from_;  // sums of their band_measure
  double measure_ = 0;
};

}  // namespace nusselt
