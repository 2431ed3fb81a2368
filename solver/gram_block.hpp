// The innermost loop of gram_kernel.cpp: two Gram blocks multiplied element by element and summed over channels.
#pragma once

#include <vector>

namespace nusselt {

/// Points per block: as many as one or two vectors of the processor hold.
constexpr int gram_points = 16;

/// Which adjoint vectors of a point are there: (channel, equation) pairs, sorted by equation. Pairs whose vectors are
/// multiples of each other share one.
struct GramRows {
  std::vector<int> channel;  // of each pair
  std::vector<int> first;    // first[e] .. first[e + 1]: the pairs of equation e
  std::vector<int> vector;   // of each pair
  int vectors = 0;           // different ones
  int pairs() const { return static_cast<int>(channel.size()); }
  int equations() const { return static_cast<int>(first.size()) - 1; }
};

/// sum[n, e, f, m] += sum over pairs p of e and q of f of  scale[p, n] scale'[q, m] inputs[channel(p), n, channel(q),
/// m] adjoints[vector(p), n, vector(q), m] ; inputs [C, 16, C', 16], adjoints [V, 16, V', 16], scales [pairs, 16] of
/// the left and [pairs', 16] of the right, sum [16, E, E', 16], all contiguous.
void add_gram_block(const GramRows& left, const GramRows& right, int right_channels, const double* left_scales,
                    const double* right_scales, const double* inputs, const double* adjoints, double* sum);

}  // namespace nusselt
