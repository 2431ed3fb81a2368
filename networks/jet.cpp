#include "networks/jet.hpp"

#include <algorithm>
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

ThirdOrder ThirdOrder::derivative(int i, int j, int k) { return {{{i, j, k, 1.0}}}; }

int JetSpec::channels() const {
  return 1 + (first ? axes : 0) + static_cast<int>(second.size()) + static_cast<int>(third.size());
}

int JetSpec::order() const { return !third.empty() ? 3 : !second.empty() ? 2 : first ? 1 : 0; }

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

int JetSpec::second_channel(int i, int j) const {
  for (int k = 0; k < static_cast<int>(second.size()); ++k) {
    if (second[k] == SecondOrder::derivative(i, j) || second[k] == SecondOrder::derivative(j, i)) {
      return second_channel(k);
    }
  }
  throw std::out_of_range("this jet has no channel for the second derivative along axes " + std::to_string(i) +
                          " and " + std::to_string(j) + " alone");
}

int JetSpec::third_channel(int index) const {
  if (index < 0 || index >= static_cast<int>(third.size())) {
    throw std::out_of_range("this jet has " + std::to_string(third.size()) +
                            " third-order channels; there is no number " + std::to_string(index));
  }
  return 1 + axes + static_cast<int>(second.size()) + index;
}

void JetSpec::validate() const {
  if (axes < 1) throw std::invalid_argument("a jet needs at least one axis, got " + std::to_string(axes));
  const auto require_axis = [&](int axis, const char* order) {
    if (axis >= 0 && axis < axes) return;
    throw std::invalid_argument(std::string("a ") + order + "-order channel asks for axis " + std::to_string(axis) +
                                ", but the jet has axes 0 to " + std::to_string(axes - 1));
  };
  if (!second.empty() && !first) {
    throw std::invalid_argument("a jet with second derivatives also needs the first ones: set JetSpec::first");
  }
  for (const SecondOrder& channel : second) {
    if (channel.terms.empty()) throw std::invalid_argument("a second-order channel of a jet has no terms");
    for (const SecondOrder::Term& term : channel.terms) {
      for (int axis : {term.i, term.j}) require_axis(axis, "second");
    }
  }
  for (const ThirdOrder& channel : third) {
    if (channel.terms.empty()) throw std::invalid_argument("a third-order channel of a jet has no terms");
    for (const ThirdOrder::Term& term : channel.terms) {
      for (int axis : {term.i, term.j, term.k}) require_axis(axis, "third");
      for_each_split(term, [&](int, int i, int j) {
        try {
          (void)second_channel(i, j);
        } catch (const std::out_of_range& error) {
          throw std::invalid_argument(std::string("a jet with third derivatives also needs the second ones that they "
                                                  "contain: ") +
                                      error.what());
        }
      });
    }
  }
}

JetSpec JetSpec::values(int axes) { return {axes, false, {}}; }

JetSpec JetSpec::first_order(int axes) { return {axes, true, {}}; }

JetSpec JetSpec::second_order(int axes, std::vector<SecondOrder> second) { return {axes, true, std::move(second)}; }

JetSpec JetSpec::third_order(int axes, std::vector<SecondOrder> second, std::vector<ThirdOrder> third) {
  for (const ThirdOrder& channel : third) {
    for (const ThirdOrder::Term& term : channel.terms) {
      for_each_split(term, [&](int, int i, int j) {
        const bool there = std::any_of(second.begin(), second.end(), [&](const SecondOrder& one) {
          return one == SecondOrder::derivative(i, j) || one == SecondOrder::derivative(j, i);
        });
        if (!there) second.push_back(SecondOrder::derivative(std::min(i, j), std::max(i, j)));
      });
    }
  }
  return {axes, true, std::move(second), std::move(third)};
}

JetSpec JetSpec::pure_seconds(int axes) {
  JetSpec spec = first_order(axes);
  for (int axis = 0; axis < axes; ++axis) spec.second.push_back(SecondOrder::derivative(axis, axis));
  return spec;
}

}  // namespace nusselt
