// The pointwise audit: a field is a function of its point, so a point alone must give what it gives among others.
#pragma once

#include <torch/types.h>

#include <functional>

namespace nusselt {

/// The largest difference between f(x) [N, F] of points x [N, D] evaluated together and each point alone, relative to
/// the largest |f|. About 1e-16 for a pointwise function, up to 1e-13 where products are blocked by the batch's size.
double pointwise_deviation(const std::function<torch::Tensor(const torch::Tensor&)>& f, const torch::Tensor& x);

/// Above this a network counts as knowing of a point's neighbours.
inline constexpr double pointwise_limit = 1e-10;

}  // namespace nusselt
