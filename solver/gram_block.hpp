// The innermost loop of gram_kernel.cpp: two Gram blocks multiplied element by element and summed over channels.
#pragma once

#include <vector>

namespace nusselt {

/// Points per block: as many as one or two vectors of the processor hold.
constexpr int gram_points = 16;

/// Which adjoint vectors of a point are there: (channel, equation) pairs, sorted by equation.
struct GramRows {
  std::vector<int> channel;  // of each pair
  std::vector<int> first;    // first[e] .. first[e + 1]: the pairs of equation e
  int pairs() const { return static_cast<int>(channel.size()); }
  int equations() const { return static_cast<int>(first.size()) - 1; }
};

/// sum[n, e, f, m] += sum over pairs p of e and q of f of  inputs[channel(p), n, channel(q), m] * adjoints[p, n, q, m]
/// ; inputs [C, 16, C', 16], adjoints [pairs, 16, pairs', 16], sum [16, E, E', 16], all contiguous.
void add_gram_block(const GramRows& left, const GramRows& right, int right_channels, const double* inputs,
                    const double* adjoints, double* sum);

}  // namespace nusselt
