#include "solver/lane_residual.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nusselt {

template <class Real>
LaneResidual<Real>::LaneResidual(const CompiledResidual& residual, WeightedPoints points,
                                 const std::vector<double>& weights)
    : residual_(residual), points_(std::move(points)), weights_(weights.begin(), weights.end()) {
  for (const CompiledResidual::Slot& slot : residual.slots()) {
    slots_.push_back({slot.equation, slot.channel, slot.output});
  }
}

template <class Real>
std::size_t LaneResidual<Real>::scratch_size(int stride) const {
  const int columns = std::max(residual_.value_program().columns(), residual_.linear_program().columns());
  return static_cast<std::size_t>(columns) * static_cast<std::size_t>(stride);
}

template <class Real>
void LaneResidual<Real>::load(const LaneProgram& program, const JetTile<Real>& tile, Real* scratch) const {
  using From = LaneProgram::Source::From;
  for (const LaneProgram::Source& source : program.loads()) {
    if (source.from == From::scale) {
      const Real* weights = points_.weights.template data_ptr<Real>() + tile.first;
      for (int k = 0; k < tile.points; ++k) scratch[k] = weights[k] * weights_[source.index];
      if (points_.balance.defined()) {
        const auto equations = static_cast<std::int64_t>(weights_.size());
        const Real* balance = points_.balance.template data_ptr<Real>() + tile.first * equations + source.index;
        for (int k = 0; k < tile.points; ++k) scratch[k] *= balance[k * equations];
      }
      for (int k = 0; k < tile.points; ++k) scratch[k] = std::sqrt(scratch[k]);
    } else {
      const torch::Tensor& from = source.from == From::normal ? points_.points.normal
                                  : source.from == From::data ? points_.points.data
                                                              : points_.points.x;
      const std::int64_t dimensions = from.size(1);
      const Real* coordinate = from.template data_ptr<Real>() + tile.first * dimensions + source.index;
      for (int k = 0; k < tile.points; ++k) scratch[k] = coordinate[k * dimensions];
    }
    // Lanes without a point repeat the last one: finite numbers, and no exception that a point would not raise.
    std::fill(scratch + tile.points, scratch + tile.stride, scratch[tile.points - 1]);
    scratch += tile.stride;
  }
}

template <class Real>
void LaneResidual<Real>::values(const JetTile<Real>& tile, Real* residual, Real* scratch) const {
  load(residual_.value_program(), tile, scratch);
  residual_.value_program().run(tile.jet, scratch, &residual, tile.stride);
}

template <class Real>
void LaneResidual<Real>::linearize(const JetTile<Real>& tile, Real* residual, Real* slopes, Real* scratch) const {
  load(residual_.linear_program(), tile, scratch);
  Real* const results[] = {residual, slopes};
  residual_.linear_program().run(tile.jet, scratch, results, tile.stride);
}

template class LaneResidual<float>;
template class LaneResidual<double>;

}  // namespace nusselt
