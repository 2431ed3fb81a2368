#include "nondim/power_product.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

TEST(PowerProduct, ReadsLikeTheBook) {
  EXPECT_EQ(to_string(PowerProduct{{"L", 1}, {"t_0", -1}}), "L / t_0");
  EXPECT_EQ(to_string(PowerProduct{{"rho", 1}, {"U", 2}}), "rho U^2");
  EXPECT_EQ(to_string(PowerProduct{{"g", 1}, {"L", 3}, {"nu", -1}, {"a", -2}}), "g L^3 / (nu a^2)");
  EXPECT_EQ(to_string(PowerProduct{{"g", Rational(1, 2)}, {"L", Rational(-3, 2)}}), "g^(1/2) / L^(3/2)");
  EXPECT_EQ(to_string(PowerProduct{{"t_0", -1}}), "1 / t_0");
  EXPECT_EQ(to_string(PowerProduct{{"x", 0}}), "1");
  EXPECT_EQ(to_string(PowerProduct{}), "1");
  EXPECT_EQ(to_string(Monomial{{"b", 1}, {"a", 2}}), "a^2 b");
}

TEST(Monomial, DropsPowersOfZero) {
  const Monomial a = {{"x", 1}, {"y", Rational(1, 2)}};
  EXPECT_EQ(a * power(a, -1), Monomial{});
  EXPECT_EQ(a * a, (Monomial{{"x", 2}, {"y", 1}}));
  EXPECT_EQ(power(a, 0), Monomial{});
  EXPECT_EQ(power(a, Rational(1, 3)), (Monomial{{"x", Rational(1, 3)}, {"y", Rational(1, 6)}}));
  EXPECT_EQ(Monomial{} * a, a);
}

}  // namespace
}  // namespace nusselt
