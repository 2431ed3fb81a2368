// The statistics of batch normalization as a part of the parameters, by finite differences of what the optimizers see.
#include "solver/batch_statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

Tensor difference_quotient(const std::function<Tensor(const Tensor&)>& f, const Tensor& theta, const Tensor& v) {
  constexpr double h = 1e-5;
  return (f(theta + h * v) - f(theta - h * v)) / (2 * h);
}

/// A cavity with batch normalization, whose statistics come from other points than those of the residuals.
struct Normed {
  explicit Normed(const std::string& engine, const std::vector<std::string>& more = {})
      : c(tiny_cavity(with(engine, more))),
        problem(c, float64()),
        reference(problem.draw("sobol", 21, 4, "reference", 5, 0)[0].points.x),
        theta(testing::generic_parameters(problem.network(), 2).narrow(0, 0, problem.network().trained_count())) {}
  static std::vector<std::string> with(const std::string& engine, std::vector<std::string> more) {
    more.insert(more.end(), {"engine=" + engine, "network.depth=3", "network.norm=batch"});
    return more;
  }
  LeastSquares objective(const BatchStatistics& statistics) const {
    return LeastSquares(problem, problem.draw("gauss", 9, 3, "training", 1, 0),
                        std::vector<double>(problem.residuals().size(), 1.0), statistics);
  }
  BatchStatistics live() const { return BatchStatistics::live(problem.network(), reference); }
  BatchStatistics frozen() const {
    return BatchStatistics::frozen(problem.network(), live().all(theta).narrow(0, theta.size(0), count()));
  }
  std::int64_t count() const { return problem.network().statistics_count(); }

  Case c;
  Problem problem;
  Tensor reference;
  Tensor theta;
};

void expect_derivatives_of(const LeastSquares& objective, const Tensor& theta) {
  const std::int64_t count = theta.size(0);
  ASSERT_EQ(objective.parameters(), count);
  const Tensor v = testing::wave({count}, 0.37), r = objective.residual(theta), w = testing::wave({r.size(0)}, 0.9);
  const Tensor jv = difference_quotient([&](const Tensor& t) { return objective.residual(t); }, theta, v);
  const auto [loss, gradient] = objective.gradient(theta);
  EXPECT_NEAR(loss, objective.loss(theta), 1e-13 * loss);
  EXPECT_NEAR(at::dot(gradient, v).item<double>(), at::dot(r, jv).item<double>(),
              1e-6 * gradient.norm().item<double>());
  EXPECT_LT(relative_difference(objective.push(theta, v), jv), 1e-6);
  const Tensor pulled = objective.pull(theta, w);
  EXPECT_NEAR(at::dot(pulled, v).item<double>(), at::dot(w, jv).item<double>(), 1e-6 * pulled.norm().item<double>());
  EXPECT_LT(relative_difference(objective.pull(theta, r), gradient), 1e-12);
  const Tensor rows = objective.linearize(theta).jacobian.clone();
  EXPECT_LT(relative_difference(at::mv(rows, v), objective.push(theta, v)), 1e-11);
  EXPECT_LT(relative_difference(at::mv(rows.t(), w), pulled), 1e-11);
  EXPECT_LT(relative_difference(objective.product(theta, v), at::mv(rows.t(), at::mv(rows, v))), 1e-11);
  EXPECT_LT(relative_difference(objective.normal_equations(theta).matrix.triu(), at::mm(rows.t(), rows).triu()), 1e-11);
  const LeastSquares::Operator jacobian = objective.jacobian(theta);
  EXPECT_NEAR(jacobian.loss(), loss, 1e-13 * loss);
  EXPECT_LT(relative_difference(jacobian.gradient(), gradient), 1e-12);
  EXPECT_LT(relative_difference(jacobian.push(v), at::mv(rows, v)), 1e-11);
  EXPECT_LT(relative_difference(jacobian.pull(w), pulled), 1e-11);
  EXPECT_LT(relative_difference(jacobian.product(v), objective.product(theta, v)), 1e-11);
  EXPECT_LT(relative_difference(jacobian.kernel().triu(), at::mm(rows, rows.t()).triu()), 1e-11);
}

TEST(BatchStatistics, EveryDerivativeIsThatOfTheWholeFunction) {
  for (const char* engine : {"tile", "libtorch"}) {
    SCOPED_TRACE(engine);
    const Normed n(engine);
    expect_derivatives_of(n.objective(n.live()), n.theta);
    expect_derivatives_of(n.objective(n.frozen()), n.theta);
  }
}

TEST(BatchStatistics, WhatTheParametersDoToThemIsNoSmallPartOfTheGradient) {
  for (const char* engine : {"tile", "libtorch"}) {
    const Normed n(engine);
    const LeastSquares live = n.objective(n.live()), frozen = n.objective(n.frozen());
    EXPECT_NEAR(live.loss(n.theta), frozen.loss(n.theta), 1e-12 * live.loss(n.theta)) << engine;
    EXPECT_GT(relative_difference(live.gradient(n.theta).gradient, frozen.gradient(n.theta).gradient), 0.05) << engine;
  }
}

TEST(BatchStatistics, TheEnginesAgree) {
  const Normed tile("tile"), libtorch("libtorch");
  for (const bool live : {true, false}) {
    const LeastSquares a = tile.objective(live ? tile.live() : tile.frozen());
    const LeastSquares b = libtorch.objective(live ? libtorch.live() : libtorch.frozen());
    EXPECT_GT(a.tile_memory(), 0u);
    EXPECT_LT(relative_difference(a.gradient(tile.theta).gradient, b.gradient(tile.theta).gradient), 1e-12) << live;
    EXPECT_LT(relative_difference(a.residual(tile.theta), b.residual(tile.theta)), 1e-12) << live;
  }
}

TEST(BatchStatistics, ReparametrizedWeightsChangeNoResidualAndHaveTheirOwnDerivatives) {
  for (const char* reparam : {"weight_norm", "weight_fact"}) {
    for (const char* engine : {"tile", "libtorch"}) {
      SCOPED_TRACE(std::string(reparam) + " " + engine);
      const Normed n(engine, {std::string("network.reparam=") + reparam});
      expect_derivatives_of(n.objective(n.live()), n.theta);
      const Case plain = tiny_cavity({std::string("network.reparam=") + reparam, std::string("engine=") + engine});
      const Trained t(plain);
      expect_derivatives_of(t.objective, testing::generic_parameters(t.problem.network(), 2));
    }
  }
}

TEST(BatchStatistics, TheIdentityLeavesAllParametersToTheOptimizer) {
  const Normed n("tile");
  const LeastSquares objective = n.objective({});
  EXPECT_EQ(objective.parameters(), n.theta.size(0) + n.count());
  const Tensor all = n.live().all(n.theta);
  EXPECT_EQ(objective.gradient(all).gradient.size(0), all.size(0));
  EXPECT_TRUE(BatchStatistics().is_identity());
  EXPECT_TRUE(BatchStatistics().all(all).is_same(all));
  EXPECT_TRUE(n.live().is_live());
  EXPECT_FALSE(n.frozen().is_live());
}

}  // namespace
}  // namespace nusselt
