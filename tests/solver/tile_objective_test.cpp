// The tile engine behind LeastSquares, beside LibTorch's operations.
#include "solver/tile_objective.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "solver/device.hpp"
#include "solver/least_squares.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

std::string shipped(const std::string& name) { return std::string(NUSSELT_SOURCE_DIR) + "/cases/" + name; }

/// A case twice, once for each engine, with the same points, weights and parameters.
class Pair {
 public:
  Pair(const Case& c, at::ScalarType type, int interior, int boundary)
      : reference_case_(with_engine(c, "libtorch")),
        tile_case_(with_engine(c, "tile")),
        reference_problem_(reference_case_, at::TensorOptions().dtype(type)),
        tile_problem_(tile_case_, at::TensorOptions().dtype(type)),
        theta(testing::generic_parameters(reference_problem_.network(), 4).to(type)),
        reference(reference_problem_, points(interior, boundary), balance()),
        tile(tile_problem_, points(interior, boundary), balance()) {}

  const std::vector<ResidualSet>& sets() const { return tile_problem_.sets(); }

 private:
  static Case with_engine(Case c, const std::string& engine) {
    c.settings.engine = engine;
    return c;
  }
  std::vector<WeightedPoints> points(int interior, int boundary) const {
    return reference_problem_.draw("sobol", interior, boundary, "training", 1, 0);
  }
  std::vector<double> balance() const {
    std::vector<double> weights;
    for (std::size_t i = 0; i < reference_problem_.residuals().size(); ++i) weights.push_back(0.4 + 0.3 * i);
    return weights;
  }
  Case reference_case_;
  Case tile_case_;
  Problem reference_problem_;
  Problem tile_problem_;

 public:
  Tensor theta;
  LeastSquares reference;
  LeastSquares tile;
};

void expect_same_first_order(const Pair& pair, double tolerance) {
  EXPECT_GT(pair.tile.tile_memory(), 0u);
  EXPECT_EQ(pair.reference.tile_memory(), 0u);
  const auto near = [&](const Tensor& got, const Tensor& expected) {
    ASSERT_EQ(got.sizes(), expected.sizes());
    ASSERT_EQ(got.scalar_type(), expected.scalar_type());
    EXPECT_LT(relative_difference(got, expected), tolerance);
  };
  const Tensor& theta = pair.theta;
  near(pair.tile.residual(theta), pair.reference.residual(theta));
  const LeastSquares::Gradient got = pair.tile.gradient(theta);
  const LeastSquares::Gradient expected = pair.reference.gradient(theta);
  near(got.gradient, expected.gradient);
  EXPECT_NEAR(got.loss, expected.loss, tolerance * expected.loss);
  EXPECT_NEAR(pair.tile.loss(theta), expected.loss, tolerance * expected.loss);
  const Tensor v = testing::wave({pair.tile.parameters()}, 0.3).to(theta.options());
  const Tensor w = testing::wave({pair.tile.rows()}, 0.8).to(theta.options());
  near(pair.tile.push(theta, v), pair.reference.push(theta, v));
  near(pair.tile.pull(theta, w), pair.reference.pull(theta, w));
  near(pair.tile.product(theta, v), pair.reference.product(theta, v));
  const LeastSquares::Operator jacobian = pair.tile.jacobian(theta);
  EXPECT_EQ(jacobian.loss(), got.loss);
  EXPECT_TRUE(jacobian.gradient().equal(got.gradient));
  near(jacobian.residual(), pair.reference.residual(theta));
  near(jacobian.push(v), pair.reference.push(theta, v));
  near(jacobian.pull(w), pair.reference.pull(theta, w));
  near(jacobian.product(v), pair.reference.product(theta, v));
  const std::vector<double> means = pair.tile.mean_squares(theta);
  const std::vector<double> expected_means = pair.reference.mean_squares(theta);
  ASSERT_EQ(means.size(), expected_means.size());
  for (std::size_t e = 0; e < means.size(); ++e) {
    EXPECT_NEAR(means[e], expected_means[e], tolerance * expected_means[e]);
  }
}

void expect_same(const Pair& pair) {
  constexpr double tolerance = 1e-12;
  expect_same_first_order(pair, tolerance);
  const LeastSquares::Linear got = pair.tile.linearize(pair.theta);
  const LeastSquares::Linear expected = pair.reference.linearize(pair.theta);
  EXPECT_LT(relative_difference(got.jacobian, expected.jacobian), tolerance);
  EXPECT_LT(relative_difference(got.residual, expected.residual), tolerance);
  const LeastSquares::NormalEquations normal = pair.tile.normal_equations(pair.theta);
  const LeastSquares::NormalEquations expected_normal = pair.reference.normal_equations(pair.theta);
  EXPECT_LT(relative_difference(normal.matrix, expected_normal.matrix), tolerance);
  EXPECT_LT(relative_difference(normal.gradient, expected_normal.gradient), tolerance);
  EXPECT_LT(relative_difference(normal.residual, expected_normal.residual), tolerance);
}

TEST(TileObjective, EqualsLibTorchForEveryShippedCase) {
  for (const char* name : {"heated_bar", "heated_cavity", "kovasznay"}) {
    SCOPED_TRACE(name);
    const Case c = read_case(shipped(name), {"network.depth=2", "network.width=9"});
    expect_same(Pair(c, at::kDouble, 101, 13));
    expect_same_first_order(Pair(c, at::kFloat, 101, 13), 2e-4);
  }
}

TEST(TileObjective, EqualsLibTorchWithSetsOfDifferentChannels) {
  // Dirichlet sets need values, the Neumann sets first derivatives, the interior second ones.
  const Pair pair(read_case(shipped("heated_cavity"),
                            {"network.depth=3", "network.width=7", "network.norm=layer", "network.activation=swish",
                             "conditions.0.enforce=soft", "conditions.1.enforce=soft", "conditions.1.weight=3"}),
                  at::kDouble, 37, 5);
  std::vector<int> orders;
  for (const ResidualSet& set : pair.sets()) orders.push_back(set.residual.spec().order());
  EXPECT_EQ(orders, (std::vector<int>{2, 0, 0, 1, 1}));
  expect_same(pair);
}

TEST(TileObjective, EqualsLibTorchForANetworkInEachRegion) {
  for (const char* name : {"conjugate_cavity", "heat_exchanger"}) {
    SCOPED_TRACE(name);
    const Case c = read_case(shipped(name), {"network.depth=2", "network.width=9"});
    const Pair pair(c, at::kDouble, 101, 13);
    expect_same(pair);
    expect_same_first_order(Pair(c, at::kFloat, 101, 13), 2e-4);
    // Rows of a region alone feel its own network, those of an interface both.
    const Problem problem(c, at::TensorOptions().dtype(at::kDouble));
    EXPECT_EQ(problem.parts_of(0), (std::vector<int>{0}));
    EXPECT_EQ(problem.parts_of(1), (std::vector<int>{1}));
    std::size_t most = 0;
    for (std::size_t s = 0; s < problem.sets().size(); ++s) most = std::max(most, problem.parts_of(s).size());
    EXPECT_EQ(most, 2u);
  }
}

TEST(TileObjective, MorePointsThanATileOfTheNormalEquations) { expect_same(Pair(tiny_cavity(), at::kDouble, 1031, 3)); }

TEST(TileObjective, TheSameThreadsGiveTheSameBits) {
  const Case c = tiny_cavity();
  const int threads = at::get_num_threads();
  use_threads(2);
  const Pair pair(c, at::kDouble, 300, 20);
  const Pair other(c, at::kDouble, 300, 20);
  const LeastSquares::Gradient first = pair.tile.gradient(pair.theta);
  const Tensor residual = pair.tile.residual(pair.theta);
  const Tensor jacobian = pair.tile.linearize(pair.theta).jacobian.clone();
  for (int i = 0; i < 3; ++i) {
    for (const LeastSquares* again : {&pair.tile, &other.tile}) {
      EXPECT_TRUE(again->gradient(pair.theta).gradient.equal(first.gradient));
      EXPECT_EQ(again->gradient(pair.theta).loss, first.loss);
      EXPECT_EQ(again->loss(pair.theta), first.loss);
      EXPECT_TRUE(again->residual(pair.theta).equal(residual));
      EXPECT_TRUE(again->linearize(pair.theta).jacobian.equal(jacobian));
    }
  }
  use_threads(threads);
}

TEST(TileObjective, MemoryDoesNotGrowWithThePoints) {
  const Case c = read_case(shipped("kovasznay"), {"network.width=64", "precision=float32", "optimizer.name=adam"});
  const Problem problem(c, at::TensorOptions().dtype(at::kFloat));
  const auto memory = [&](std::int64_t points) {
    const WeightedPoints drawn{{at::rand({points, 2}, at::kFloat), {}}, at::ones({points}, at::kFloat)};
    const LeastSquares objective(problem, {drawn}, std::vector<double>(3, 1.0));
    EXPECT_EQ(objective.rows(), 3 * points);
    return objective.tile_memory();
  };
  const std::size_t million = memory(1'000'000);
  EXPECT_EQ(memory(100'000), million);
  // Besides it there are the points and their weights, 12 bytes each.
  EXPECT_LT(million, 20u << 20);
}

}  // namespace
}  // namespace nusselt
