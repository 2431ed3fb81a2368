// The sweeps of the tile engine over one tile of points: forward jets, tangents along a direction of parameters, and
// adjoints. Each hands the same memory to the same dozen kernels, and they are read side by side.
#pragma once

#include <cstdint>
#include <vector>

#include "networks/tile_engine.hpp"
#include "networks/tile_parameters.hpp"

namespace nusselt {

/// A set of points and what its tiles have in common.
template <class Real>
struct TileTask {
  TileSet<Real> given;
  std::vector<typename JetShape<Real>::Term> terms;
  JetShape<Real> shape;  ///< reads `terms`
  int equations = 0;
  int tile = 0;          ///< points
  int columns = 0;       ///< stride of columns
  std::int64_t row = 0;  ///< first row of its residuals
  std::int64_t tiles = 0;
  void read_shape();
};

/// What one thread works in.
template <class Real>
struct TileWorker {
  std::vector<Real*> z, a, w, statistics;  ///< by hidden layer
  Real *g0 = nullptr, *g1 = nullptr;       ///< rows of adjoints or tangents
  Real* norm_scratch = nullptr;
  Real *x = nullptr, *first = nullptr, *second = nullptr;  ///< what the first layer reads, and its derivatives
  Real *jet = nullptr, *jet_tangent = nullptr, *residual = nullptr, *slopes = nullptr, *seeds = nullptr;
  Real *scratch = nullptr, *gradient = nullptr;
  double* total = nullptr;  ///< of the gradients of many tiles, in float32 only; null where tiles are few
  double loss = 0.0;
};

template <class Real>
class TileSweeps {
 public:
  TileSweeps(const Network& network, const TileKernels<Real>& kernels);

  /// Whether the first layer reads more than the coordinates.
  bool embedded() const { return !axis_of_feature_.empty(); }

  const TileParameters<Real> layout;
  TilePacked<Real> weights, direction;  ///< read by the sweeps, filled by whoever calls them

  /// The residual of the points [first, first + points) and, if asked, its slopes in the jet.
  JetTile<Real> evaluate(const TileTask<Real>& set, std::int64_t first, int points, bool slopes,
                         TileWorker<Real>& worker) const;
  /// The jet's change along `direction`, after evaluate.
  void tangent(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const;
  /// seeds = J_r^T factor, factor in columns
  void seed(const TileTask<Real>& set, int points, const Real* factor, TileWorker<Real>& worker) const;
  /// The residual's change along the tangent, into the columns of the residual.
  void residual_tangent(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const;
  /// rows null: sums into worker.gradient
  void backward(const TileTask<Real>& set, int points, int repeat, Real* rows, TileWorker<Real>& worker) const;
  double half_square(const TileTask<Real>& set, int points, const TileWorker<Real>& worker) const;

 private:
  /// Whether the norms take their statistics from theta.
  bool given() const { return layout.norm() == TileNorm::given; }
  /// What the passes of all sweeps have in common.
  InputPass<Real> input_pass(const TileTask<Real>& set, int points, const TileWorker<Real>& worker) const;
  NormPass<Real> norm_pass(const TileTask<Real>& set, int points, std::size_t layer,
                           const TileWorker<Real>& worker) const;
  OutputPass<Real> output_pass(const TileTask<Real>& set, int points) const;

  void load_points(const TileTask<Real>& set, std::int64_t first, int points, TileWorker<Real>& worker) const;
  void forward(const TileTask<Real>& set, int points, TileWorker<Real>& worker) const;

  const TileKernels<Real>& kernels_;
  const std::vector<TileLayer>& layers_;
  const int inputs_, outputs_, width_, stride_;
  const std::int64_t parameters_;
  const TileActivation activation_;
  const int axes_;                    ///< coordinates of a point
  std::vector<Real> lower_, scale_;   ///< [axes]
  std::vector<bool> periodic_;        ///< [axes]
  std::vector<int> axis_of_feature_;  ///< empty where features are the coordinates
};

extern template struct TileTask<float>;
extern template struct TileTask<double>;
extern template class TileSweeps<float>;
extern template class TileSweeps<double>;

}  // namespace nusselt
