#include "networks/tile_kernels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace nusselt {
namespace {

using Exact = long double;

struct Derivatives {
  Exact y, first, second, third;
};

Derivatives exact(TileActivation activation, Exact z) {
  if (activation == TileActivation::sin) return {std::sin(z), std::cos(z), -std::sin(z), -std::cos(z)};
  if (activation == TileActivation::tanh) {
    const Exact t = std::tanh(z), slope = 1 / (std::cosh(z) * std::cosh(z));
    return {t, slope, -2 * t * slope, (6 * t * t - 2) * slope};
  }
  const Exact s = 1 / (1 + std::exp(-z)), d = s * (1 - s), dd = d * (1 - 2 * s), ddd = d * (1 - 6 * d);
  return {z * s, s + z * d, 2 * d + z * dd, 3 * dd + z * ddd};
}

/// Relative to one unit in the last place of `expected`, for values; relative to `scale` for derivatives, which cancel.
template <class Real>
void check_activation(InstructionSet instructions, TileActivation activation, Exact reach, Exact units) {
  const TileKernels<Real>& kernels = *tile_kernels<Real>(instructions);
  const Exact unit = std::numeric_limits<Real>::epsilon();
  std::vector<Real> z;
  for (int n = -2000; n <= 2000; ++n) z.push_back(static_cast<Real>(reach * n * std::abs(n) / 4.0e6L));
  const int count = static_cast<int>(z.size());
  std::vector<Real> y(count), first(count), second(count), third(count);
  kernels.derivatives[static_cast<int>(activation)](z.data(), count, y.data(), first.data(), second.data(),
                                                    third.data());
  Exact worst = 0, worst_slope = 0;
  for (int n = 0; n < count; ++n) {
    const Derivatives expected = exact(activation, z[n]);
    if (std::abs(expected.y) > std::numeric_limits<Real>::min()) {
      worst = std::max(worst, std::abs((y[n] - expected.y) / expected.y) / unit);
    }
    const Exact size = 1 + std::abs(static_cast<Exact>(z[n])) * (activation == TileActivation::swish ? 1 : 0);
    worst_slope = std::max({worst_slope, std::abs(first[n] - expected.first) / size / unit,
                            std::abs(second[n] - expected.second) / size / unit,
                            std::abs(third[n] - expected.third) / size / unit});
  }
  EXPECT_LT(worst, units) << name_of(instructions) << ", activation " << static_cast<int>(activation) << ", "
                          << sizeof(Real);
  EXPECT_LT(worst_slope, 12) << name_of(instructions) << ", activation " << static_cast<int>(activation) << ", "
                             << sizeof(Real);
}

TEST(TileKernels, ActivationsAreAccurateToTheirPrecision) {
  for (InstructionSet instructions : available_instruction_sets()) {
    check_activation<double>(instructions, TileActivation::tanh, 25, 3);
    check_activation<float>(instructions, TileActivation::tanh, 12, 3);
    check_activation<double>(instructions, TileActivation::swish, 40, 4);
    check_activation<float>(instructions, TileActivation::swish, 20, 4);
    check_activation<double>(instructions, TileActivation::sin, 400, 2);
    check_activation<float>(instructions, TileActivation::sin, 40, 2);
  }
}

TEST(TileKernels, SinesOfLargeArgumentsStayExact) {
  for (InstructionSet instructions : available_instruction_sets()) {
    for (const double z : {5.1e5, -3.0e7, 1e15}) {
      double y, first, second, third;
      tile_kernels<double>(instructions)
          ->derivatives[static_cast<int>(TileActivation::sin)](&z, 1, &y, &first, &second, &third);
      EXPECT_NEAR(y, std::sin(z), 2e-16);
      EXPECT_NEAR(first, std::cos(z), 2e-16);
    }
  }
}

TEST(TileKernels, NotANumberIsNotHidden) {
  for (InstructionSet instructions : available_instruction_sets()) {
    for (const TileActivation activation : {TileActivation::tanh, TileActivation::sin, TileActivation::swish}) {
      const float z = std::numeric_limits<float>::quiet_NaN();
      float y, first, second, third;
      tile_kernels<float>(instructions)->derivatives[static_cast<int>(activation)](&z, 1, &y, &first, &second, &third);
      EXPECT_TRUE(std::isnan(y));
    }
  }
}

}  // namespace
}  // namespace nusselt
