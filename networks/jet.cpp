#include "networks/jet.hpp"

#include <stdexcept>
#include <string>
#include <utility>

namespace nusselt {

SecondOrder SecondOrder::derivative(int i, int j) { return {{{i, j, 1.0}}}; }

SecondOrder SecondOrder::laplacian(const std::vector<double>& weights) {
  SecondOrder sum;
  for (int axis = 0; axis < static_cast<int>(weights.size()); ++axis) {
    if (weights[axis] != 0.0) sum.terms.push_back({axis, axis, weights[axis]});
  }
  return sum;
}

int JetSpec::channels() const { return 1 + (first ? axes : 0) + static_cast<int>(second.size()); }

int JetSpec::order() const { return !second.empty() ? 2 : first ? 1 : 0; }

int JetSpec::first_channel(int axis) const {
  if (!first || axis < 0 || axis >= axes) {
    throw std::out_of_range("this jet has no channel for the first derivative along axis " + std::to_string(axis));
  }
  return 1 + axis;
}

int JetSpec::second_channel(int index) const {
  if (index < 0 || index >= static_cast<int>(second.size())) {
    throw std::out_of_range("this jet has " + std::to_string(second.size()) +
                            " second-order channels; there is no number " + std::to_string(index));
  }
  return 1 + axes + index;
}

void JetSpec::validate() const {
  if (axes < 1) throw std::invalid_argument("a jet needs at least one axis, got " + std::to_string(axes));
  if (!second.empty() && !first) {
    throw std::invalid_argument("a jet with second derivatives also needs the first ones: set JetSpec::first");
  }
  for (const SecondOrder& channel : second) {
    if (channel.terms.empty()) throw std::invalid_argument("a second-order channel of a jet has no terms");
    for (const SecondOrder::Term& term : channel.terms) {
      for (int axis : {term.i, term.j}) {
        if (axis < 0 || axis >= axes) {
          throw std::invalid_argument("a second-order channel asks for axis " + std::to_string(axis) +
                                      ", but the jet has axes 0 to " + std::to_string(axes - 1));
        }
      }
    }
  }
}

JetSpec JetSpec::values(int axes) { return {axes, false, {}}; }

JetSpec JetSpec::first_order(int axes) { return {axes, true, {}}; }

JetSpec JetSpec::second_order(int axes, std::vector<SecondOrder> second) { return {axes, true, std::move(second)}; }

JetSpec JetSpec::pure_seconds(int axes) {
  JetSpec spec = first_order(axes);
  for (int axis = 0; axis < axes; ++axis) spec.second.push_back(SecondOrder::derivative(axis, axis));
  return spec;
}

}  // namespace nusselt
