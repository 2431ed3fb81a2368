#include "solver/tape.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace nusselt {
namespace {

Expression column(const std::string& name) { return Expression::column(name, Dimension()); }
Expression n(double value) { return Expression::number(value); }

const Expression x = column("x");
const Expression y = column("y");

/// Every operation once: sums, products, integer, negative, half and odd powers, all functions.
Expression everything() {
  return power(x + n(2) * y, 3) / sqrt(x) + power(y, Rational(-2)) + power(x, Rational(1, 3)) +
         apply(Function::exp, -x) + apply(Function::log, x) + apply(Function::sin, x * y) +
         apply(Function::cos, x * y) + apply(Function::tanh, y) + apply(Function::sinh, x) + apply(Function::cosh, y) +
         apply(Function::atan, y) + apply(Function::max, x, y) * apply(Function::step, x - y) +
         apply(Function::min, x * y, n(0.2));
}

template <class V>
V expected(V a, V b) {
  return std::pow(a + 2 * b, 3) / std::sqrt(a) + 1 / (b * b) + std::pow(a, V(1.0 / 3)) + std::exp(-a) + std::log(a) +
         std::sin(a * b) + std::cos(a * b) + std::tanh(b) + std::sinh(a) + std::cosh(b) + std::atan(b) +
         (a > b ? std::max(a, b) : V(0)) + std::min(a * b, V(0.2));
}

/// The inputs of a tape, which may come in any order.
template <class V>
std::vector<V> ordered(const Tape& tape, const V& for_x, const V& for_y) {
  std::vector<V> inputs;
  for (const Expression& leaf : tape.inputs()) inputs.push_back(leaf.name() == "x" ? for_x : for_y);
  return inputs;
}

TEST(Tape, GivesTheValueInDouble) {
  Tape tape;
  EXPECT_EQ(tape.add(everything()), 0);
  const double got = number_of(tape.run<double>(ordered(tape, 0.7, -1.3)).front());
  EXPECT_NEAR(got, expected(0.7, -1.3), 1e-14 * std::abs(expected(0.7, -1.3)));
}

TEST(Tape, GivesTheValueInLongDouble) {
  Tape tape;
  tape.add(everything());
  const long double got = std::get<1>(tape.run<long double>(ordered(tape, 0.7L, -1.3L)).front());
  EXPECT_LT(std::abs(got - expected(0.7L, -1.3L)), 1e-17L * std::abs(expected(0.7L, -1.3L)));
}

TEST(Tape, GivesTheSameForAllPointsOfATensor) {
  Tape tape;
  tape.add(everything());
  tape.add(x * y);
  const at::Tensor xs = at::tensor({0.7, 0.2, 3.0}, at::kDouble);
  const at::Tensor ys = at::tensor({-1.3, 0.5, 0.9}, at::kDouble);
  const auto got = tape.run<at::Tensor>(ordered(tape, xs, ys));
  ASSERT_EQ(got.size(), 2u);
  for (int i = 0; i < 3; ++i) {
    const double a = xs[i].item<double>();
    const double b = ys[i].item<double>();
    const auto one = tape.run<double>(ordered(tape, a, b));
    EXPECT_NEAR(std::get<1>(got[0])[i].item<double>(), number_of(one[0]), 1e-13 * std::abs(number_of(one[0])));
    EXPECT_DOUBLE_EQ(std::get<1>(got[1])[i].item<double>(), a * b);
  }
}

TEST(Tape, ComputesEqualPartsOnce) {
  Tape tape;
  tape.add(apply(Function::sin, x * y));
  EXPECT_EQ(tape.instruction_count(), 2u);  // x*y, sin
  tape.add(apply(Function::cos, y * x));
  EXPECT_EQ(tape.instruction_count(), 3u);
  EXPECT_EQ(tape.add(apply(Function::sin, x * y)), 2);
  EXPECT_EQ(tape.instruction_count(), 3u);
  EXPECT_EQ(tape.inputs().size(), 2u);
  const auto values = tape.run<double>(ordered(tape, 0.7, -1.3));
  EXPECT_EQ(number_of(values[0]), number_of(values[2]));
  EXPECT_DOUBLE_EQ(number_of(values[1]), std::cos(0.7 * -1.3));
}

TEST(Tape, NumbersStayNumbers) {
  Tape tape;
  tape.add(n(3));
  tape.add(n(2) * x);
  tape.add(x);
  const auto got = tape.run<at::Tensor>({at::tensor({1.0, 4.0}, at::kDouble)});
  ASSERT_TRUE(std::holds_alternative<double>(got[0]));
  EXPECT_EQ(std::get<double>(got[0]), 3);
  EXPECT_EQ(std::get<1>(got[1])[1].item<double>(), 8);
  EXPECT_EQ(std::get<1>(got[2])[1].item<double>(), 4);
  // With V = double the kind of a result is told by its index.
  const auto plain = tape.run<double>({4.0});
  EXPECT_EQ(plain[0].index(), 0u);
  EXPECT_EQ(plain[1].index(), 1u);
}

TEST(Tape, RefusesAWrongNumberOfInputs) {
  Tape tape;
  tape.add(x * y);
  EXPECT_THROW(tape.run<double>({1.0}), std::logic_error);
}

TEST(Tape, IntegerPowersOfNegativeNumbersAreReal) {
  Tape tape;
  for (int exponent : {-3, -1, 1, 2, 5, 7}) tape.add(power(x, exponent));
  const auto got = tape.run<double>({-1.5});
  std::size_t i = 0;
  for (int exponent : {-3, -1, 1, 2, 5, 7}) EXPECT_DOUBLE_EQ(number_of(got[i++]), std::pow(-1.5, exponent));
}

}  // namespace
}  // namespace nusselt
