#include "nondim/rational_matrix.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace nusselt {
namespace {

using Integers = std::vector<std::int64_t>;
Rational r(std::int64_t n, std::int64_t d = 1) { return Rational(n, d); }

TEST(Rational, ComparesWithIntegers) {
  // With Boost 1.74 in C++20 these recurse without end unless nondim/rational.hpp stands in between.
  EXPECT_TRUE(r(4, 2) == 2);
  EXPECT_TRUE(2 == r(4, 2));
  EXPECT_TRUE(r(1, 2) != 1);
  EXPECT_TRUE(1 != r(1, 2));
  EXPECT_TRUE(r(3) == std::int64_t{3});
  EXPECT_FALSE(r(1, 2) == 0);
}

TEST(RationalMatrix, ReducesExactly) {
  RationalMatrix a = RationalMatrix::from_columns(2, {{r(1, 3), r(2, 3)}, {r(1), r(2)}, {r(0), r(1, 7)}});
  EXPECT_EQ(a.reduce(), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(a(0, 0), r(1));
  EXPECT_EQ(a(0, 1), r(3));
  EXPECT_EQ(a(0, 2), r(0));
  EXPECT_EQ(a(1, 1), r(0));
  EXPECT_EQ(a(1, 2), r(1));
}

TEST(RationalMatrix, SolvesOrSaysThatThereIsNoSolution) {
  // The velocity (g beta dT L)^(1/2) from g and L.
  const RationalMatrix a = RationalMatrix::from_columns(2, {{r(1), r(-2)}, {r(1), r(0)}});
  const auto x = solve(a, {r(1), r(-1)});
  ASSERT_TRUE(x);
  EXPECT_EQ(*x, (RationalVector{r(1, 2), r(1, 2)}));

  const RationalMatrix tall = RationalMatrix::from_columns(3, {{r(1), r(0), r(0)}, {r(0), r(1, 3), r(0)}});
  EXPECT_FALSE(solve(tall, {r(0), r(0), r(1)}));
  EXPECT_EQ(*solve(tall, {r(2), r(1), r(0)}), (RationalVector{r(2), r(3)}));
  const RationalMatrix empty(2, 0);
  EXPECT_TRUE(solve(empty, {r(0), r(0)})->empty());
  EXPECT_FALSE(solve(empty, {r(0), r(1)}));
}

TEST(RationalMatrix, FreeUnknownsAreZero) {
  const RationalMatrix a = RationalMatrix::from_columns(1, {{r(2)}, {r(1)}});
  EXPECT_EQ(*solve(a, {r(6)}), (RationalVector{r(3), r(0)}));
}

TEST(RationalMatrix, PrimitiveTakesTheLeastCommonMultiple) {
  // Multiplying by the largest denominator, 3, would leave -3/2.
  EXPECT_EQ(primitive({r(-1, 2), r(-1, 3), r(1)}), (Integers{-3, -2, 6}));
  EXPECT_EQ(primitive({r(4), r(-6), r(0)}), (Integers{2, -3, 0}));
  EXPECT_EQ(primitive({r(0), r(0)}), (Integers{0, 0}));
}

// The index of the lattice of two vectors of length three in all integer vectors of their plane: the greatest common
// divisor of the 2x2 minors.
std::int64_t lattice_index(const Integers& a, const Integers& b) {
  const std::int64_t xy = a[0] * b[1] - a[1] * b[0];
  const std::int64_t yz = a[1] * b[2] - a[2] * b[1];
  const std::int64_t xz = a[0] * b[2] - a[2] * b[0];
  return std::gcd(std::gcd(xy, yz), xz);
}

TEST(RationalMatrix, IntegerNullSpaceIsSaturatedAndShort) {
  // 2x + 3y + 5z = 0. The echelon form gives (-3, 2, 0) and (-5, 0, 2), which miss (1, 1, -1).
  EXPECT_EQ(lattice_index({-3, 2, 0}, {-5, 0, 2}), 2);
  const RationalMatrix a = RationalMatrix::from_columns(1, {{r(2)}, {r(3)}, {r(5)}});
  const std::vector<Integers> basis = integer_null_space(a);
  ASSERT_EQ(basis.size(), 2u);
  for (const Integers& v : basis) {
    EXPECT_EQ(2 * v[0] + 3 * v[1] + 5 * v[2], 0);
    EXPECT_LE(v[0] * v[0] + v[1] * v[1] + v[2] * v[2], 14);
  }
  EXPECT_EQ(lattice_index(basis[0], basis[1]), 1);
}

TEST(RationalMatrix, IntegerNullSpaceOfDegenerateMatrices) {
  EXPECT_TRUE(integer_null_space(RationalMatrix::from_columns(2, {{r(1), r(0)}, {r(1), r(1)}})).empty());
  EXPECT_EQ(integer_null_space(RationalMatrix(2, 1)), (std::vector<Integers>{{1}}));
  EXPECT_TRUE(integer_null_space(RationalMatrix(2, 0)).empty());
  EXPECT_EQ(integer_null_space(RationalMatrix::from_columns(1, {{r(1, 2)}, {r(-1, 3)}})).front(), (Integers{2, 3}));
}

}  // namespace
}  // namespace nusselt
