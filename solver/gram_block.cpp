// No header of LibTorch here: the loop is compiled once per instruction set.
#include "solver/gram_block.hpp"

#include <cstring>

namespace nusselt {

namespace {

using Lanes = double __attribute__((vector_size(8 * sizeof(double))));
static_assert(gram_points == 16, "a row of a block is two groups of lanes");

}  // namespace

__attribute__((target_clones("avx512f", "avx2,fma", "default"))) void add_gram_block(
    const GramRows& left, const GramRows& right, int right_channels, const double* left_scales,
    const double* right_scales, const double* inputs, const double* adjoints, double* sum) {
  const int input_stride = right_channels * gram_points;
  const int adjoint_stride = right.vectors * gram_points;
  for (int n = 0; n < gram_points; ++n) {
    for (int e = 0; e < left.equations(); ++e) {
      for (int f = 0; f < right.equations(); ++f, sum += gram_points) {
        Lanes low, high;
        std::memcpy(&low, sum, sizeof low);
        std::memcpy(&high, sum + 8, sizeof high);
        for (int p = left.first[e]; p < left.first[e + 1]; ++p) {
          const double* input = inputs + (left.channel[p] * gram_points + n) * input_stride;
          const double* adjoint = adjoints + (left.vector[p] * gram_points + n) * adjoint_stride;
          const double scale = left_scales[p * gram_points + n];
          Lanes low_part = {}, high_part = {};
          for (int q = right.first[f]; q < right.first[f + 1]; ++q) {
            Lanes a, z, s;
            std::memcpy(&a, input + right.channel[q] * gram_points, sizeof a);
            std::memcpy(&z, adjoint + right.vector[q] * gram_points, sizeof z);
            std::memcpy(&s, right_scales + q * gram_points, sizeof s);
            low_part += a * z * s;
            std::memcpy(&a, input + right.channel[q] * gram_points + 8, sizeof a);
            std::memcpy(&z, adjoint + right.vector[q] * gram_points + 8, sizeof z);
            std::memcpy(&s, right_scales + q * gram_points + 8, sizeof s);
            high_part += a * z * s;
          }
          low += scale * low_part;
          high += scale * high_part;
        }
        std::memcpy(sum, &low, sizeof low);
        std::memcpy(sum + 8, &high, sizeof high);
      }
    }
  }
}

}  // namespace nusselt
