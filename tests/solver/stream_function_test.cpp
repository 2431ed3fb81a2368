// Training with third derivatives: a velocity from a stream function, from the case to the steps of the optimizer.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "solver/least_squares.hpp"
#include "solver/nested_autograd.hpp"
#include "solver/solution.hpp"
#include "solver/trivial_state.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

Case stream_case(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.begin(), {"network.depth=2", "network.width=8", "points.interior=49", "points.boundary=9",
                                       "points.held_out=64", "optimizer.name=levenberg_marquardt", "threads=1"});
  return read_case(std::string(NUSSELT_SOURCE_DIR) + "/cases/kovasznay/stream_function.yaml", overrides);
}

TEST(StreamFunction, TheExactOneSolvesMomentumInThirdDerivatives) {
  Case c = stream_case();
  const double re = 40, k = 2 * M_PI, lambda = re / 2 - std::sqrt(re * re / 4 + k * k);
  const Expression x = Expression::coordinate(axis_x, Dimension()), y = Expression::coordinate(axis_y, Dimension());
  const Expression wake = apply(Function::exp, Expression::number(lambda) * x);
  for (TrialField& trial : c.trials) {
    trial.distance = Expression::zero();
    trial.lift = trial.field == "p"
                     ? Expression::number(-0.5) * wake * wake
                     : y - wake * apply(Function::sin, Expression::number(k) * y) * Expression::number(1 / k);
  }
  const Problem problem(c, float64());
  const auto points = problem.draw("sobol", 50, 10, "test", 1, 0);
  const torch::Tensor zeros = at::zeros({problem.network().parameter_count()}, float64());
  for (std::size_t s = 0; s < problem.sets().size(); ++s) {
    EXPECT_LT(problem.evaluate(s, zeros, points[s].points).abs().max().item<double>(), 2e-12) << problem.sets()[s].name;
  }
}

TEST(StreamFunction, RunsWithoutTheTileEngineAndSaysWhy) {
  const Problem problem(stream_case(), float64());
  EXPECT_EQ(problem.engine().name, "libtorch");
  EXPECT_EQ(problem.engine().reason, "the tile engine has no third derivatives");
  EXPECT_EQ(problem.sets()[0].names, (std::vector<std::string>{"momentum_x", "momentum_y"}));
  EXPECT_EQ(problem.sets()[0].residual.spec().order(), 3);
  EXPECT_EQ(problem.network().settings().outputs, 2);
  const std::string message = testing::message_of([] { Problem(stream_case({"engine=tile"}), float64()); });
  EXPECT_NE(message.find("engine: the tile engine cannot serve this case: the tile engine has no third derivatives"),
            std::string::npos)
      << message;
}

TEST(StreamFunction, ProductsWithTheJacobianAgreeWithNestedAutograd) {
  const Case c = stream_case();
  const Problem problem(c, float64());
  const auto points = problem.draw("sobol", 20, 5, "test", 1, 0);
  const LeastSquares objective(problem, points, std::vector<double>(problem.residuals().size(), 1.0));
  const torch::Tensor theta = problem.network().initial_parameters(3);
  const NestedAutograd::Gradient expected = NestedAutograd(c, problem).gradient(theta, points, 100);
  const LeastSquares::Linear linear = objective.linearize(theta);
  EXPECT_NEAR(linear.loss, expected.loss, 1e-12 * expected.loss);
  const torch::Tensor through_rows = at::mv(linear.jacobian.t(), linear.residual);
  EXPECT_LT(testing::relative_difference(through_rows, expected.gradient), 1e-10);
  EXPECT_LT(testing::relative_difference(objective.gradient(theta).gradient, expected.gradient), 1e-10);
  const torch::Tensor v = testing::wave({objective.parameters()}, 0.2);
  EXPECT_LT(testing::relative_difference(objective.push(theta, v), at::mv(linear.jacobian, v)), 1e-11);
  const torch::Tensor matrix = at::mm(linear.jacobian.t(), linear.jacobian).triu();
  EXPECT_LT(testing::relative_difference(objective.normal_equations(theta).matrix.triu(), matrix), 1e-11);
}

TEST(StreamFunction, TrainsAndItsVelocityHasNoDivergence) {
  Trained run(stream_case());
  const double before = run.objective.loss(run.theta);
  EXPECT_LT(run.train(6), 0.05 * before);
  const Solution solution(run.c, run.theta);
  const Expression u = run.c.system.field_named("u").symbol, v = run.c.system.field_named("v").symbol;
  const torch::Tensor divergence = solution.values({derivative(u, axis_x) + derivative(v, axis_y)},
                                                   solution.points_at({{0.001, 0.004}, {0.002, -0.003}}));
  EXPECT_EQ(divergence.abs().max().item<double>(), 0);
  // What flows in flows out, by the fields as every user of a case sees them.
  double net = 0, size = 0;
  for (const FaceGeometry& geometry : run.c.domain.faces()) {
    const Face& face = geometry.face;
    const double flow =
        face.sign() * run.c.domain.measure(face) * solution.face_mean(face.axis == axis_x ? u : v, face);
    net += flow;
    size += std::abs(flow);
  }
  EXPECT_GT(size, 0);
  EXPECT_LT(std::abs(net), 1e-12 * size);
}

TEST(StreamFunction, AStateOfRestIsOneWithoutStreamFunction) {
  const Case c = stream_case();
  const Problem problem(c, float64());
  const std::vector<Criterion> criteria =
      trivial_state_criteria(c, Solution(c, problem.network().initial_parameters(2)));
  ASSERT_EQ(criteria.size(), 1u);
  EXPECT_EQ(criteria[0].name, "limit/residual with u, v = 0");
  EXPECT_LT(criteria[0].value, 1e-3);  // the conditions do not hold then
}

}  // namespace
}  // namespace nusselt
