// How many points the statistics of a normalization over points need.
#pragma once

#include <cstdint>
#include <string>

namespace nusselt {

/// Why `points` points of a set cannot give a layer's mean and variance; empty where they can. With one point the
/// variance is zero: the layer would answer its shift everywhere, without an error and without derivatives.
std::string too_few_reference_points(const std::string& norm, const std::string& layer, const std::string& set,
                                     std::int64_t points);

/// The sampling error where points are few (below 16), empty otherwise: the relative standard error of a standard
/// deviation estimated from N points is about 1/sqrt(2 N).
std::string few_reference_points(const std::string& norm, const std::string& set, std::int64_t points);

}  // namespace nusselt
