// What the tile engine asks of a residual: the jets of a tile of points go in, weighted residuals and their slopes with
// respect to the jets come out.
//
// Inside a tile numbers lie in columns, one number per point: column k of a block starts at block + k * stride. A
// stride is a whole number of vector registers and at least the number of points; what lies beyond the points is
// readable and finite on entry, and what is written there does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace nusselt {

/// The jets of the points [first, first + points) of a set.
template <class Real>
struct JetTile {
  std::int64_t first;
  int points;
  int stride;
  const Real* jet;  ///< channel c of output h is column c * outputs + h
};

/// Thread safe: one object serves all tiles of a set at once.
template <class Real>
class TileResidual {
 public:
  /// An entry of d(residual)/d(jet) that is not zero everywhere.
  struct Slot {
    int equation;
    int channel;
    int output;
  };

  virtual ~TileResidual() = default;
  virtual int equations() const = 0;
  virtual const std::vector<Slot>& slots() const = 0;
  /// Numbers of working memory that a call needs for tiles of this stride.
  virtual std::size_t scratch_size(int stride) const = 0;

  /// residual: column e is r_e, with the square root of all its weights in it.
  virtual void values(const JetTile<Real>& tile, Real* residual, Real* scratch) const = 0;
  /// The same, and slopes: column s is d r_e / d jet[c, h] of slots()[s].
  virtual void linearize(const JetTile<Real>& tile, Real* residual, Real* slopes, Real* scratch) const = 0;
};

}  // namespace nusselt
