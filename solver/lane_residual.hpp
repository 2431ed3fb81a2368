// The residuals of a set, as the tile engine asks for them: those of CompiledResidual, weighted, for a tile of points.
#pragma once

#include <vector>

#include "networks/tile_residual.hpp"
#include "solver/problem.hpp"

namespace nusselt {

template <class Real>
class LaneResidual final : public TileResidual<Real> {
 public:
  /// Row e is sqrt(w_n * weights[e] * q_ne) * residual e, with the q that come with the points. Points and weights are
  /// on the CPU with the dtype of Real and contiguous; the memory is shared. `residual` must outlive this.
  LaneResidual(const CompiledResidual& residual, WeightedPoints points, const std::vector<double>& weights);

  int equations() const override { return static_cast<int>(weights_.size()); }
  const std::vector<typename TileResidual<Real>::Slot>& slots() const override { return slots_; }
  std::size_t scratch_size(int stride) const override;
  void values(const JetTile<Real>& tile, Real* residual, Real* scratch) const override;
  void linearize(const JetTile<Real>& tile, Real* residual, Real* slopes, Real* scratch) const override;

 private:
  void load(const LaneProgram& program, const JetTile<Real>& tile, Real* scratch) const;

  const CompiledResidual& residual_;
  WeightedPoints points_;
  std::vector<Real> weights_;
  std::vector<typename TileResidual<Real>::Slot> slots_;
};

extern template class LaneResidual<float>;
extern template class LaneResidual<double>;

}  // namespace nusselt
