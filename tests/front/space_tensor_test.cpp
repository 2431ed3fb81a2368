#include "physics/space_tensor.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "nondim/units.hpp"

namespace nusselt {
namespace {

constexpr Axes plane = {true, true, false, true};
const Expression u = Expression::field("u", dimension_of<Velocity>(), plane);
const Expression v = Expression::field("v", dimension_of<Velocity>(), plane);
const Expression T = Expression::field("T", dimension_of<Temperature>(), plane);
const Expression k = Expression::parameter("k", dimension_of<Conductivity>());
const SpaceTensor U = SpaceTensor::vector({u, v});

Expression dx(const Expression& e) { return derivative(e, axis_x); }
Expression dy(const Expression& e) { return derivative(e, axis_y); }

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const RankError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(SpaceTensor, DifferentiatesAlongTheAxesInSpaceAlone) {
  EXPECT_EQ(grad(SpaceTensor::scalar(T), plane).parts, (std::vector<Expression>{dx(T), dy(T)}));
  EXPECT_EQ(grad(U, plane).parts, (std::vector<Expression>{dx(u), dx(v), dy(u), dy(v)}));
  EXPECT_EQ(div(U, plane).expression(), dx(u) + dy(v));
  EXPECT_EQ(div(grad(U, plane), plane).parts, lap(U, plane).parts);
  EXPECT_EQ(lap(U, plane).parts[1], dx(dx(v)) + dy(dy(v)));
  EXPECT_EQ(derivative(U, axis_t).parts[0], derivative(u, axis_t));
  EXPECT_EQ(dn(U, plane).parts[1], Expression::normal(axis_x) * dx(v) + Expression::normal(axis_y) * dy(v));
  // Of the transposed gradient only the derivatives along the component remain.
  EXPECT_EQ(div(transpose(grad(U, plane)), plane).parts[0], dx(dx(u)) + dx(dy(v)));
}

TEST(SpaceTensor, ContractsVectorsAndTensors) {
  EXPECT_EQ(dot(U, U).expression(), u * u + v * v);
  EXPECT_EQ(dot(U, grad(U, plane)).parts, (std::vector<Expression>{u * dx(u) + v * dy(u), u * dx(v) + v * dy(v)}));
  EXPECT_EQ(dot(grad(U, plane), U).parts, (std::vector<Expression>{dx(u) * u + dx(v) * v, dy(u) * u + dy(v) * v}));
  EXPECT_EQ((SpaceTensor::scalar(k) * grad(SpaceTensor::scalar(T), plane)).parts[1], k * dy(T));
  EXPECT_EQ((U / SpaceTensor::scalar(k)).parts[0], u / k);
}

TEST(SpaceTensor, AZeroFitsEveryRankAndEveryComponent) {
  const SpaceTensor zero = SpaceTensor::scalar(Expression::zero());
  EXPECT_EQ((zero + U).parts, U.parts);
  EXPECT_EQ((U + zero).parts, U.parts);
  const SpaceTensor upward = SpaceTensor::vector({Expression::zero(), v});
  EXPECT_EQ((U + -upward).parts[0], u);
  EXPECT_TRUE((U + -upward).parts[1].is_zero());
  EXPECT_EQ(upward.dimension(), dimension_of<Velocity>());
  EXPECT_THROW(upward + SpaceTensor::vector({T, Expression::zero()}), DimensionError);
}

TEST(SpaceTensor, RefusesWhatHasNoMeaning) {
  const SpaceTensor t = SpaceTensor::scalar(T);
  EXPECT_EQ(refusal([&] { U + t; }), "a vector and a scalar");
  EXPECT_EQ(refusal([&] { U* U; }), "cannot multiply a vector by a vector");
  EXPECT_EQ(refusal([&] { t / U; }), "cannot divide by a vector");
  EXPECT_EQ(refusal([&] { grad(grad(U, plane), plane); }),
            "grad() of a tensor such as the gradient of a vector has no meaning here");
  EXPECT_EQ(refusal([&] { div(t, plane); }), "div() of a scalar has no meaning");
  EXPECT_EQ(refusal([&] { dot(U, t); }), "dot() of a vector and a scalar has no meaning");
  EXPECT_EQ(refusal([&] { dot(grad(U, plane), grad(U, plane)); }), "dot() of two tensors is not known");
  EXPECT_EQ(refusal([&] { transpose(U); }), "transpose() of a vector has no meaning");
  EXPECT_EQ(refusal([&] { U.expression(); }), "expected a scalar, got a vector");
}

}  // namespace
}  // namespace nusselt
