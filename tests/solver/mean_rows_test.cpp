// Conditions on means as rows of the objective: by value, by both engines, in training and in the verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "solver/residual_criteria.hpp"
#include "solver/row_sums.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

const std::string two_means =
    "  - {at: x+, up: integral(rho*v) = 0.3*rho*U*L, weight: 2}\n"
    "  - {at: domain, level: mean(p) = 0.7*rho*U^2}\n";

Case cavity(const std::string& engine) {
  return with_overrides(small_cavity + two_means + tiny_training, {"engine=" + engine});
}

/// An unsteady bar whose heat is given at each moment.
Case unsteady_bar(const std::string& engine) {
  return with_overrides(
      "case: bar\nphysics: heat_conduction\n"
      "constants: {L: 0.2 m, k: 16 W/(m K), rho: 8000 kg/m^3, cp: 500 J/(kg K), T0: 293 K, dT: 40 K, tau: "
      "rho*cp*L^2/k}\n"
      "domain:\n  box: {x: [0 m, L], t: [0 s, tau]}\n"
      "scales: {references: [L, dT, tau], temperature_level: T0}\n"
      "conditions:\n  - {at: [x-, x+], insulated: dn(T) = 0}\n  - {at: t-, T: T0 + dT*x/L}\n"
      "  - {at: domain, heat: integral(T - T0) = dT*L/2}\n" +
          tiny_training,
      {"engine=" + engine});
}

class MeanRows : public testing::TestWithParam<std::string> {
 protected:
  static std::size_t set_of(const Problem& problem, const std::string& name) {
    for (std::size_t s = 0; s < problem.sets().size(); ++s) {
      if (problem.sets()[s].name == name) return s;
    }
    ADD_FAILURE() << name;
    return 0;
  }
  static std::vector<double> balance(const Problem& problem) {
    std::vector<double> weights;
    for (std::size_t i = 0; i < problem.residuals().size(); ++i) weights.push_back(0.4 + 0.3 * static_cast<double>(i));
    return weights;
  }
};

TEST_P(MeanRows, AreTheMeansOfTheResidualAtPoints) {
  const Case c = cavity(GetParam());
  const Problem problem(c, float64());
  EXPECT_EQ(problem.engine().name, GetParam());
  const std::vector<WeightedPoints> points = problem.draw("gauss", 36, 6, "training", 1, 0);
  const std::size_t up = set_of(problem, "up over x+"), level = set_of(problem, "level over domain");
  EXPECT_EQ(points[up].points.x.size(0), 64);
  EXPECT_EQ(points[level].points.x.size(0), 400);
  const LeastSquares objective(problem, points, balance(problem));
  const Tensor theta = testing::generic_parameters(problem.network(), 5);
  const Tensor r = objective.residual(theta);
  EXPECT_EQ(objective.rows(), r.size(0));
  // The last rows are those of the means: sqrt(weight * balance) * mean, with the integral's and the mean's own scales.
  const Solution solution(c, theta);
  const Expression v = c.system.field_named("v").symbol, p = c.system.field_named("p").symbol;
  const double U = c.constants.find("U")->si, rho = c.constants.find("rho")->si;
  const double mean_v = solution.face_mean(v, {axis_x, true}) / U;
  const double mean_p = solution.region_mean(p, c.domain.regions().front()) / (rho * U * U);
  const std::size_t last = problem.residuals().size() - 1;
  const std::vector<double> b = balance(problem);
  EXPECT_NEAR(r[-2].item<double>(), std::sqrt(2 * b[last - 1]) * (2 * mean_v - 0.3) / 2, 1e-12);
  EXPECT_NEAR(r[-1].item<double>(), std::sqrt(b[last]) * (mean_p - 0.7), 1e-12);
  EXPECT_NEAR(objective.loss(theta), 0.5 * r.square().sum().item<double>(), 1e-13);
  const std::vector<double> squares = objective.mean_squares(theta);
  EXPECT_NEAR(squares[last], std::pow(mean_p - 0.7, 2), 1e-12);
  // A tenth of the points has all means.
  const Tensor fewer = objective.reduced(10).residual(theta);
  EXPECT_NEAR(fewer[-1].item<double>(), r[-1].item<double>(), 1e-14);
  EXPECT_NEAR(objective.unweighted().residual(theta)[-2].item<double>(), (2 * mean_v - 0.3) / 2, 1e-12);
}

TEST_P(MeanRows, DerivativesAgreeWithOneAnotherAndWithDifferences) {
  for (const Case& c : {cavity(GetParam()), unsteady_bar(GetParam())}) {
    const Problem problem(c, float64());
    std::vector<WeightedPoints> points = problem.draw("sobol", 40, 6, "training", 1, 0);
    // Weights from balancing at points, the same for the points of a mean.
    const std::int64_t all = points.back().weights.size(0), per_mean = points.back().per_mean;
    points.back().balance = (0.5 + testing::wave({all / per_mean, 1}, 0.7).abs()).repeat_interleave(per_mean, 0);
    const LeastSquares objective(problem, points, balance(problem));
    const Tensor theta = testing::generic_parameters(problem.network(), 5);
    const LeastSquares::Linear linear = objective.linearize(theta);
    const Tensor jacobian = linear.jacobian.clone();
    const Tensor v = testing::wave({theta.numel()}, 0.3), w = testing::wave({objective.rows()}, 0.8);
    const auto residual = [&](double t) { return objective.residual(theta + t * v); };
    const double h = 1e-4;
    const Tensor slope = (8 * (residual(h) - residual(-h)) - (residual(2 * h) - residual(-2 * h))) / (12 * h);
    EXPECT_LT(relative_difference(at::mv(jacobian, v), slope), 1e-8);
    EXPECT_LT(relative_difference(linear.residual, residual(0)), 1e-13);
    EXPECT_LT(relative_difference(objective.push(theta, v), at::mv(jacobian, v)), 1e-12);
    EXPECT_LT(relative_difference(objective.pull(theta, w), at::mv(jacobian.t(), w)), 1e-12);
    const Tensor product = at::mv(jacobian.t(), at::mv(jacobian, v));
    EXPECT_LT(relative_difference(objective.product(theta, v), product), 1e-12);
    const LeastSquares::Gradient gradient = objective.gradient(theta);
    EXPECT_LT(relative_difference(gradient.gradient, at::mv(jacobian.t(), linear.residual)), 1e-12);
    EXPECT_DOUBLE_EQ(gradient.loss, objective.loss(theta));
    const LeastSquares::NormalEquations normal = objective.normal_equations(theta);
    EXPECT_LT(relative_difference(normal.matrix, at::mm(jacobian.t(), jacobian).triu()), 1e-12);
    EXPECT_LT(relative_difference(normal.gradient, gradient.gradient), 1e-12);
    const LeastSquares::Operator map = objective.jacobian(theta);
    EXPECT_LT(relative_difference(map.residual(), linear.residual), 1e-13);
    EXPECT_LT(relative_difference(map.push(v), at::mv(jacobian, v)), 1e-12);
    EXPECT_LT(relative_difference(map.pull(w), at::mv(jacobian.t(), w)), 1e-12);
    EXPECT_LT(relative_difference(map.product(v), product), 1e-12);
    EXPECT_LT(relative_difference(map.kernel().triu(), at::mm(jacobian, jacobian.t()).triu()), 1e-12);
  }
}

TEST_P(MeanRows, AnUnsteadyMeanHasARowForEachMoment) {
  const Case c = unsteady_bar(GetParam());
  const Problem problem(c, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", 36, 6, "training", 1, 0);
  const WeightedPoints& means = points.back();
  ASSERT_EQ(means.per_mean, 64);
  ASSERT_EQ(means.points.x.size(0), 24 * 64);
  const Tensor times = means.points.x.select(1, 1).view({24, 64});
  EXPECT_TRUE(times.eq(times.select(1, 0).unsqueeze(1)).all().item<bool>());
  EXPECT_GT(times.std().item<double>(), 0.2);  // of [0, 1]
  EXPECT_NEAR(means.weights.sum().item<double>(), 1, 1e-12);
  // T = T0 + dT x s(t) has the mean s(t)/2, so that a row is (s - 1)/2 for each moment.
  const Tensor x = means.points.x.select(1, 0), values = (x * means.points.x.select(1, 1) - 0.5).unsqueeze(1);
  EXPECT_LT(relative_difference(means.means(values).view({-1}), 0.5 * times.select(1, 0) - 0.5), 1e-12);
  const std::vector<WeightedPoints> others = problem.draw("sobol", 36, 6, "held out", 1, 0);
  EXPECT_FALSE(others.back().points.x.equal(means.points.x));
}

INSTANTIATE_TEST_SUITE_P(Engines, MeanRows, testing::Values("libtorch", "tile"),
                         [](const auto& info) { return info.param; });

TEST(MeanRowsOfAFamily, HaveARowForEachMember) {
  const Case c = with_overrides(
      "case: bar\nphysics: heat_conduction\n"
      "constants: {L: 0.2 m, k: 16 W/(m K), T0: 293 K, dT: 40 K, q: {range: [1 kW/m^3, 9 kW/m^3]}}\n"
      "domain:\n  box: {x: [0 m, L]}\n"
      "scales: {references: [L, dT], temperature_level: T0}\n"
      "conditions:\n  - {at: [x-, x+], insulated: dn(T) = 0}\n  - {at: domain, level: mean(T) = T0}\n" +
          tiny_training,
      {});
  const Problem problem(c, float64());
  const WeightedPoints means = problem.draw("sobol", 36, 6, "training", 1, 0).back();
  ASSERT_EQ(means.points.x.sizes(), (std::vector<std::int64_t>{24 * 64, 2}));
  const Tensor members = means.points.x.select(1, 1).view({24, 64});
  EXPECT_TRUE(members.eq(members.select(1, 0).unsqueeze(1)).all().item<bool>());
  EXPECT_GT(members.std().item<double>(), 0.01);
}

TEST(RowSums, SpreadIsTheTransposeOfTheSum) {
  const Tensor rows = testing::wave({12 * 2}, 0.4), sums = testing::wave({3 * 2}, 0.9);
  const Tensor summed_rows = summed(rows, 4, 2);
  EXPECT_NEAR(summed_rows[3].item<double>(), (rows[9] + rows[11] + rows[13] + rows[15]).item<double>(), 1e-15);
  EXPECT_NEAR(at::dot(summed_rows, sums).item<double>(), at::dot(rows, spread(sums, 4, 2)).item<double>(), 1e-14);
  const Tensor matrix = at::stack({rows, 2 * rows}, 1);
  EXPECT_LT(relative_difference(summed(matrix, 4, 2).select(1, 1), 2 * summed_rows), 1e-15);
}

TEST(MeanConditionsInTraining, AGivenMassFlowFindsItsPressure) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/poiseuille/mass_flow.yaml", {"threads=1"});
  Trainer trainer(c, float64());
  trainer.run([](const Trainer&) { return true; });
  ASSERT_TRUE(trainer.evaluation());
  for (const QuantityReport& quantity : trainer.evaluation()->quantities) {
    ASSERT_TRUE(quantity.reference) << quantity.name;
    EXPECT_NEAR(quantity.value, *quantity.reference, 1e-5 * std::abs(*quantity.reference)) << quantity.name;
  }
  EXPECT_EQ(trainer.evaluation()->quantities.size(), 4u);
}

TEST(MeanConditionsInTraining, ABalancerOfPointsWeighsThem) {
  const Case c = with_overrides(small_cavity + two_means + tiny_training,
                                {"optimizer.name=adam", "optimizer.steps=12", "balancing.name=self_adaptive"});
  Trainer trainer(c, float64());
  trainer.run([](const Trainer&) { return true; });
  EXPECT_LT(trainer.history().back().loss, 1e3);
  EXPECT_TRUE(std::isfinite(trainer.history().back().loss));
}

TEST(MeanConditionsInTheVerdict, AStateAtRestLacksTheFlow) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/poiseuille/mass_flow.yaml", {"network.width=4"});
  const Network network(c.settings.network);
  // All outputs zero: at rest, which satisfies everything but the two means.
  const Solution rest(c, at::zeros({network.parameter_count()}, at::kDouble));
  const Evaluation evaluation = judge_residuals(c, TermBudget(c), rest);
  std::vector<std::string> failed;
  for (const Criterion& criterion : evaluation.criteria) {
    if (!criterion.passed) failed.push_back(criterion.name);
  }
  EXPECT_EQ(failed, (std::vector<std::string>{"residual of flow over x-", "residual of level over x+"}));
  for (const ResidualReport& r : evaluation.residuals) {
    if (r.name == "flow over x-") EXPECT_NEAR(r.rms, 1, 1e-12);
  }
}

}  // namespace
}  // namespace nusselt
