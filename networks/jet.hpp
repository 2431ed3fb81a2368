// A jet: the value of a function at a point together with the derivatives that the equations ask for.
//
// A jet of N points is one contiguous tensor [N, C, H]: C channels of H features (of H outputs after the last layer).
// Channel 0 is the value; if `first` is set, channels 1 .. axes are the first derivatives d/dx_1 .. d/dx_axes; then one
// channel per entry of `second`, then one per entry of `third`. A second-order channel is any constant linear form of
// second derivatives,
//     sum over terms of  weight * d2/dx_i dx_j ,
// so a pure derivative, a mixed one and a collapsed (weighted) Laplacian are the same thing to every layer. Third-order
// channels are such forms of third derivatives; by the chain rule they need every second derivative that they contain
// as a channel of its own. LibTorch's operations compute them, the tile engine does not.
#pragma once

#include <vector>

namespace nusselt {

/// One second-order channel.
struct SecondOrder {
  struct Term {
    int i;  ///< axis, 0-based
    int j;  ///< axis, 0-based; (i, j) and (j, i) mean the same derivative
    double weight = 1.0;
    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;
  bool operator==(const SecondOrder&) const = default;

  /// d2/dx_i dx_j
  static SecondOrder derivative(int i, int j);
  /// sum over axes of weights[axis] * d2/dx_axis^2; axes of weight zero are left out
  static SecondOrder laplacian(const std::vector<double>& weights);
};

/// One third-order channel: a sum of weight * d3/dx_i dx_j dx_k.
struct ThirdOrder {
  struct Term {
    int i, j, k;  ///< axes, 0-based, in any order
    double weight = 1.0;
    bool operator==(const Term&) const = default;
  };
  std::vector<Term> terms;
  bool operator==(const ThirdOrder&) const = default;

  /// d3/dx_i dx_j dx_k
  static ThirdOrder derivative(int i, int j, int k);
};

/// Which channels a jet has, and in which order.
struct JetSpec {
  int axes = 0;
  bool first = false;
  std::vector<SecondOrder> second;
  std::vector<ThirdOrder> third = {};
  bool operator==(const JetSpec&) const = default;

  int channels() const;
  /// Highest derivative: 0, 1, 2 or 3.
  int order() const;
  /// Channel of d/dx_axis; throws std::out_of_range if the spec has no first derivatives or no such axis.
  int first_channel(int axis) const;
  /// Channel of second[index]; throws std::out_of_range if there is none.
  int second_channel(int index) const;
  /// Channel of d2/dx_i dx_j alone, in either order; throws std::out_of_range if there is none.
  int second_channel(int i, int j) const;
  /// Channel of third[index]; throws std::out_of_range if there is none.
  int third_channel(int index) const;
  /// Throws std::invalid_argument: no axes, second without first derivatives, third without the second ones they
  /// contain, an axis out of range, an empty sum.
  void validate() const;

  static JetSpec values(int axes);
  static JetSpec first_order(int axes);
  static JetSpec second_order(int axes, std::vector<SecondOrder> second);
  /// Second derivatives that the third ones contain and `second` lacks are added to it.
  static JetSpec third_order(int axes, std::vector<SecondOrder> second, std::vector<ThirdOrder> third);
  /// Every pure second derivative as its own channel.
  static JetSpec pure_seconds(int axes);
};

/// The ways to choose one of three axes: calls visit(the one, the other two).
template <typename Visit>
void for_each_split(const ThirdOrder::Term& term, const Visit& visit) {
  visit(term.i, term.j, term.k);
  visit(term.j, term.i, term.k);
  visit(term.k, term.i, term.j);
}

/// Calls visit(channel of the sum, channel i, channel j, weight) for every product of two lower derivatives that
/// Leibniz' rule puts into a channel: d/dx_i and d/dx_j for every term of a second-order channel, and three pairs of a
/// first and a second derivative for every term of a third-order one.
template <typename Visit>
void for_each_term(const JetSpec& spec, const Visit& visit) {
  for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      visit(spec.second_channel(k), spec.first_channel(term.i), spec.first_channel(term.j), term.weight);
    }
  }
  for (int k = 0; k < static_cast<int>(spec.third.size()); ++k) {
    for (const ThirdOrder::Term& term : spec.third[k].terms) {
      for_each_split(term, [&](int one, int i, int j) {
        visit(spec.third_channel(k), spec.first_channel(one), spec.second_channel(i, j), term.weight);
      });
    }
  }
}

}  // namespace nusselt
