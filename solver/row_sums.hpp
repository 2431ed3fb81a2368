// Rows that some points have together: the sums of their rows at these points.
//
// Rows at N points are numbered point by point, equation by equation; so are the sums, for each `per_mean` points after
// one another.
#pragma once

#include <torch/types.h>

#include <cstdint>

namespace nusselt {

/// Rows [N * E] or [N * E, P] to their sums [N / per_mean * E] or [N / per_mean * E, P].
torch::Tensor summed(const torch::Tensor& rows, std::int64_t per_mean, std::int64_t equations);
/// The transpose: [N / per_mean * E] to [N * E], each number at all points of its row.
torch::Tensor spread(const torch::Tensor& sums, std::int64_t per_mean, std::int64_t equations);

}  // namespace nusselt
