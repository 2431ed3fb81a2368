// A jet: the value of a function at a point together with the derivatives that the equations ask for.
//
// A jet of N points is one contiguous tensor [N, C, H]: C channels of H features (of H outputs after the last layer).
// Channel 0 is the value; if `first` is set, channels 1 .. axes are the first derivatives d/dx_1 .. d/dx_axes; then one
// channel per entry of `second`. A second-order channel is any constant linear form of second derivatives,
//     sum over terms of  weight * d2/dx_i dx_j ,
// so a pure derivative, a mixed one and a collapsed (weighted) Laplacian are the same thing to every layer.
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

/// Which channels a jet has, and in which order.
struct JetSpec {
  int axes = 0;
  bool first = false;
  std::vector<SecondOrder> second;
  bool operator==(const JetSpec&) const = default;

  int channels() const;
  /// Highest derivative: 0, 1 or 2.
  int order() const;
  /// Channel of d/dx_axis; throws std::out_of_range if the spec has no first derivatives or no such axis.
  int first_channel(int axis) const;
  /// Channel of second[index]; throws std::out_of_range if there is none.
  int second_channel(int index) const;
  /// Throws std::invalid_argument: no axes, second without first derivatives, an axis out of range, an empty sum.
  void validate() const;

  static JetSpec values(int axes);
  static JetSpec first_order(int axes);
  static JetSpec second_order(int axes, std::vector<SecondOrder> second);
  /// Every pure second derivative as its own channel.
  static JetSpec pure_seconds(int axes);
};

/// Calls visit(channel of the sum, channel of d/dx_i, channel of d/dx_j, weight) for every term of every second-order
/// channel.
template <typename Visit>
void for_each_term(const JetSpec& spec, const Visit& visit) {
  for (int k = 0; k < static_cast<int>(spec.second.size()); ++k) {
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      visit(spec.second_channel(k), spec.first_channel(term.i), spec.first_channel(term.j), term.weight);
    }
  }
}

}  // namespace nusselt
