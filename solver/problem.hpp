// What is trained: a network and the sets of residuals that its output must make vanish, on a device in a precision.
#pragma once

#include <torch/types.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "networks/network.hpp"
#include "solver/case/case.hpp"
#include "solver/compiled_residual.hpp"
#include "solver/sampling.hpp"

namespace nusselt {

/// Residuals that share their points: the equations of a region, the soft conditions of one face.
struct ResidualSet {
  std::string name;          // "interior", the region's name, "x-"
  std::optional<Face> face;  // none inside
  std::string region;        // of the equations
  CompiledResidual residual;
  std::vector<std::string> names;  // of its residuals
  std::vector<double> weights;     // stated in the case
  /// Where the points are those of sensors (or none, for what was known before), instead of drawn.
  std::optional<PointSet> fixed = {};
  std::vector<double> data = {};  // measured there, row-major [N, K], scaled
  /// Fields whose values at the end of the window before are the columns of its data.
  std::vector<std::string> handed_over = {};
  bool of_means = false;  // the residuals vanish in the mean over the face, or over the region, at each moment
};

/// Points of one set on the device, and their quadrature weights [N].
struct WeightedPoints {
  Points points;
  torch::Tensor weights;
  torch::Tensor balance = {};  // further weights q [N, E] of the residuals at each point; undefined where all are 1
  /// So many points after one another have one residual together, the mean of theirs: M = N/per_mean.
  std::int64_t per_mean = 1;

  /// The means [M, E] of residuals at the points [N, E].
  torch::Tensor means(const torch::Tensor& values) const;
  /// Weights of these [M]; those of the points where each stands for itself.
  torch::Tensor mean_weights() const;
  /// Squares of what a row at each point is multiplied by, [N]: w_n, and w_n^2/W in a mean, W the sum of its weights:
  /// the rows at its points then sum up to sqrt(W) times the mean.
  torch::Tensor row_weights() const;
};

/// What computes the sums over points.
struct Engine {
  std::string name;          // "tile" or "libtorch"
  std::string instructions;  // vector instructions of the tile engine; empty for LibTorch
  std::string reason;        // why it is this one, for the report
};

class Problem {
 public:
  /// `options`: dtype and device of all computation. The engine is the one that the case names, or with `engine: auto`
  /// the tile engine where it serves this network, else LibTorch. Throws InputError when the case names the tile engine
  /// and that cannot serve.
  /// The case must outlive the problem.
  Problem(const Case& the_case, const torch::TensorOptions& options);

  const Network& network() const { return network_; }
  const std::vector<ResidualSet>& sets() const { return sets_; }
  const torch::TensorOptions& options() const { return options_; }
  const Engine& engine() const { return engine_; }
  const Axes& axes() const { return axes_; }
  const ScaledBox& box() const { return box_; }
  ScaledBox scaled(const Box& box) const;
  /// How many sets are of equations: the first ones, in the order of the regions.
  std::size_t interiors() const { return the_case_.domain.regions().size(); }
  /// Of one of them.
  const Region& region(std::size_t interior) const { return the_case_.domain.regions()[interior]; }
  /// In all of them; the first residuals.
  std::size_t equations() const { return the_case_.equations.size(); }
  /// All residuals in the order of the sets: the vector that conditioning and criteria speak of.
  const std::vector<DimensionlessResidual>& residuals() const { return residuals_; }

  /// Points for every set. `purpose` keeps training and held-out points apart; `placement` is for the interior sets.
  std::vector<WeightedPoints> draw(const std::string& sampler, int interior, int boundary, const std::string& purpose,
                                   std::uint64_t seed, std::uint64_t number, const Placement& placement = {}) const;
  WeightedPoints on_device(const PointSet& set) const;
  /// Points in a region: `placement` is for a region that is a box. Points in a shape are those of its box that lie in
  /// it.
  PointSet sample(const Region& region, const std::string& sampler, int count, const Draw& how,
                  const Placement& placement = {}) const;
  /// Points on a face; the weights sum to 1. `count` is met where a face is no cut surface.
  PointSet sample(const Face& face, const std::string& sampler, int count, const Draw& how) const;
  /// Points and weights for means over a face: Gauss-Legendre along each axis of a flat one, the surface's own on
  /// others.
  PointSet quadrature(const Face& face, int along_axis) const;
  /// The same for a region: the shape's own where it is one.
  PointSet quadrature(const Region& region, int along_axis) const;
  /// Points in the space of a family with the coordinates of its inputs behind their own; the set itself without
  /// inputs.
  PointSet with_inputs(const PointSet& set, const std::function<double(int n, std::size_t input)>& coordinate) const;
  /// The same, spread evenly over the ranges of the inputs.
  PointSet over_inputs(const PointSet& set, const Draw& how) const;
  /// Number of the first set of sensors or priors; those behind it are of their kind.
  std::size_t first_likelihood() const { return first_likelihood_; }
  /// How many residuals stand before theirs: those of equations and conditions.
  std::size_t physical_residuals() const { return residuals_.size() - the_case_.likelihoods.all.size(); }

  /// Which parts of a network side by side the residuals of a set read, ascending; part 0 of a single network.
  std::vector<int> parts_of(std::size_t set) const;

  /// Residuals of one set at points, [N, E]; no gradient is recorded.
  torch::Tensor evaluate(std::size_t set, const torch::Tensor& theta, const Points& points) const;

 private:
  /// Of scaled coordinates, one per active axis.
  Position in_space(const double* x) const;
  /// In scaled coordinates; `moment` is the time that goes with each.
  PointSet scaled(const std::vector<SurfacePoint>& points, const std::function<double(std::size_t)>& moment) const;

  /// Points in space times Gauss points in time, where there is any.
  PointSet over_time(const std::vector<SurfacePoint>& points, const Box& extent, int along_axis) const;
  void add_likelihoods(const Case& the_case);
  void add_means(const Case& the_case);
  /// Points of a set of means: those of a quadrature in space, at each of some moments, or members of a family.
  WeightedPoints draw_means(const ResidualSet& set, const std::string& sampler, const Draw& how) const;

  const Case& the_case_;
  torch::TensorOptions options_;
  Axes axes_;
  ScaledBox box_;
  Network network_;
  std::vector<ResidualSet> sets_;
  std::size_t first_likelihood_ = 0;
  std::vector<DimensionlessResidual> residuals_;
  Engine engine_;
};

}  // namespace nusselt
