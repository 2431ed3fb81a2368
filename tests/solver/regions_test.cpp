// Cases of several regions and of shapes, from the case file to fields: against exact solutions, and how points,
// quadratures and balances follow the domain.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "solver/point_schedule.hpp"
#include "solver/run_files.hpp"
#include "solver/verdict.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

/// A slab of two materials with a contact resistance; the exact flux is dT/(3 cm/7 + R + 5 cm/0.3) in SI.
const std::string slab =
    "case: slab\n"
    "constants: {L: 8 cm, H: 20 cm, k_left: 7 W/(m K), k_right: 0.3 W/(m K), R: 0.04 m^2 K/W,\n"
    "            T_hot: 350 K, T_cold: 310 K, dT: T_hot - T_cold}\n"
    "domain: {box: {x: [0 m, L], y: [0 m, H]}}\n"
    "regions:\n"
    "  left: {box: {x: [0 m, 3 cm]}, physics: heat_conduction}\n"
    "  right: {box: {x: [3 cm, L]}, physics: heat_conduction}\n"
    "scales: {references: [L, dT], temperature_level: T_cold}\n"
    "conditions:\n"
    "  - {at: x-, T_left: T_hot}\n"
    "  - {at: x+, T_right: T_cold}\n"
    "  - {at: left.x+, contact: -k_left*dn(T_left) = (T_left - T_right)/R, flux: k_left*dn(T_left) = "
    "k_right*dn(T_right)}\n"
    "  - {at: [y-, y+], i: dn(T_left) = 0, j: dn(T_right) = 0}\n"
    "network: {depth: 1, width: 8}\n"
    "points: {interior: 25, boundary: 6, held_out: 30, sampling: gauss}\n"
    "output: {grid: 9}\n"
    "threads: 1\n";

class NetworksOfRegions : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Choices, NetworksOfRegions, ::testing::Values("separate", "shared"));

TEST_P(NetworksOfRegions, AreSolvedTogether) {
  Trained t(with_overrides(slab, {"optimizer.name=levenberg_marquardt", std::string("network.regions=") + GetParam(),
                                  "points.interior=64", "points.boundary=8"}));
  ASSERT_EQ(t.problem.interiors(), 2u);
  EXPECT_EQ(t.problem.sets()[1].name, "right");
  EXPECT_LT(t.train(60), 1e-9);
  const Solution solution(t.c, t.theta);
  const double flux = 40 / (0.03 / 7 + 0.04 + 0.05 / 0.3);
  const torch::Tensor fields = solution.fields(solution.points_at({{0.015, 0.06}, {0.05, 0.13}}));
  EXPECT_NEAR(fields[0][0].item<double>(), 350 - flux * 0.015 / 7, 1e-3);
  EXPECT_NEAR(fields[1][1].item<double>(), 310 + flux * 0.02 / 0.3, 1e-3);
  const Judge judge(t.c);
  const Evaluation evaluation = judge.evaluate(solution, std::vector<double>(t.problem.residuals().size(), 1.0));
  ASSERT_EQ(evaluation.balances.size(), 2u);
  for (const BalanceReport& balance : evaluation.balances) EXPECT_LT(balance.relative, 1e-3) << balance.name;
  const Expression gradient = derivative(t.c.system.field_named("T_right").symbol, axis_x);
  EXPECT_NEAR(-0.3 * solution.face_mean(gradient, t.c.domain.geometry("right.x+").face), flux, 1e-3 * flux);
}

TEST(Regions, HavePointsOfTheirOwn) {
  const Case c = with_overrides(slab, {"points.sampling=sobol"});
  const Problem problem(c, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", 40, 6, "test", 1, 0);
  ASSERT_EQ(points.size(), problem.sets().size());
  EXPECT_LE(points[0].points.x.select(1, 0).max().item<double>(), 3.0 / 8);
  EXPECT_GE(points[1].points.x.select(1, 0).min().item<double>(), 3.0 / 8);
  EXPECT_EQ(problem.sets()[2].name, "left.x+");
  EXPECT_NEAR(points[2].points.x.select(1, 0).min().item<double>(), 3.0 / 8, 1e-14);
  EXPECT_EQ(points[2].points.normal.select(1, 0).min().item<double>(), 1);
}

TEST(Regions, LeaveFieldsOutsideOfThemEmpty) {
  const Case c = with_overrides(slab, {});
  const Problem problem(c, float64());
  const FieldGrid grid = field_grid(c, Solution(c, problem.network().initial_parameters(1)));
  const std::vector<double>& left = find_array(grid, "T_left").values;
  const std::vector<double>& right = find_array(grid, "T_right").values;
  EXPECT_TRUE(std::isfinite(left[3]) && std::isfinite(right[3]));  // 3 cm: both
  EXPECT_TRUE(std::isfinite(left[2]) && std::isnan(right[2]));
  EXPECT_TRUE(std::isnan(left[4]) && std::isfinite(right[4]));
}

/// Heat through a ring from a rod in the middle of a square: T = T_out + ... is not known, that of the ring is.
const std::string ring =
    "case: ring\n"
    "physics: heat_conduction\n"
    "constants: {a: 2 cm, b: 5 cm, k: 7 W/(m K), T_in: 350 K, T_out: 310 K, dT: T_in - T_out}\n"
    "domain: {box: {x: [-1*b, b], y: [-1*b, b]}, is: tube - bore}\n"
    "shapes:\n"
    "  tube: {disc: {center: [0 m, 0 m], radius: b}}\n"
    "  bore: {disc: {center: [0 m, 0 m], radius: a}}\n"
    "scales: {references: [b, dT], temperature_level: T_out}\n"
    "conditions:\n"
    "  - {at: bore, T: T_in, enforce: soft}\n"
    "  - {at: tube, T: T_out, enforce: soft}\n"
    "network: {depth: 2, width: 10}\n"
    "points: {interior: 120, boundary: 40, held_out: 100, sampling: sobol}\n"
    "output: {grid: 11}\n"
    "threads: 1\n";

TEST(Shapes, AreSolvedWithSoftConditionsOnTheirSurfaces) {
  Trained t(with_overrides(ring, {"optimizer.name=levenberg_marquardt"}));
  // Trained is made for Gauss points, which a shape has none of.
  LeastSquares objective(t.problem, t.problem.draw("sobol", 120, 40, "training", 1, 0), std::vector<double>(3, 1.0));
  for (int i = 0; i < 40; ++i) t.optimizer->step(objective, t.theta);
  const Solution solution(t.c, t.theta);
  const double r = 0.03;
  const torch::Tensor T = solution.fields(solution.points_at({{r * std::cos(0.7)}, {r * std::sin(0.7)}}));
  EXPECT_NEAR(T.item<double>(), 310 + 40 * std::log(0.05 / r) / std::log(0.05 / 0.02), 0.02);
  const double heat = 2 * std::numbers::pi * 7 * 40 / std::log(0.05 / 0.02);
  const Expression field = t.c.system.field_named("T").symbol;
  Expression through = Expression::zero();
  for (const Axis axis : {axis_x, axis_y}) {
    through = through + Expression::normal(axis) * derivative(field, axis);
  }
  const Face bore = t.c.domain.geometry("bore").face;
  EXPECT_NEAR(7 * solution.face_mean(through, bore) * t.c.domain.measure(bore), heat, 1e-2 * heat);
}

TEST(Shapes, BalanceOnBothSidesOfASurfaceThatRegionsShare) {
  Trained t(
      case_of("case: pin\n"
              "constants: {L: 1 m, k: 2 W/(m K), k_pin: 5 W/(m K), q_pin: 40 W/m^3, T_side: 300 K, dT: 1 K}\n"
              "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
              "shapes: {rod: {disc: {center: [L/2, L/2], radius: 0.25 m}}}\n"
              "regions:\n"
              "  pin: {is: rod, physics: heat_conduction}\n"
              "  bed: {is: box - rod, physics: heat_conduction}\n"
              "scales: {references: [L, dT, k], temperature_level: T_side}\n"
              "conditions:\n"
              "  - {at: [x-, x+, y-, y+], T_bed: T_side}\n"
              "  - {at: rod, same: T_pin = T_bed, flux: k_pin*dn(T_pin) = k*dn(T_bed)}\n"
              "network: {depth: 2, width: 10}\n"
              "optimizer: {name: levenberg_marquardt}\n"
              "points: {interior: 150, boundary: 40, held_out: 50, sampling: sobol}\n"
              "threads: 1\n"));
  LeastSquares objective(t.problem, t.problem.draw("sobol", 150, 40, "training", 1, 0),
                         std::vector<double>(t.problem.residuals().size(), 1.0));
  for (int i = 0; i < 50; ++i) t.optimizer->step(objective, t.theta);
  const Evaluation evaluation =
      Judge(t.c).evaluate(Solution(t.c, t.theta), std::vector<double>(t.problem.residuals().size(), 1.0));
  ASSERT_EQ(evaluation.balances.size(), 2u);
  for (const BalanceReport& balance : evaluation.balances) EXPECT_LT(balance.relative, 2e-2) << balance.name;
}

TEST(Shapes, HavePointsInsideAndOnTheirSurfaces) {
  const Case c = with_overrides(ring, {});
  const Problem problem(c, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", 200, 50, "test", 1, 0);
  const torch::Tensor inside = points[0].points.x.norm(2, {1});
  EXPECT_EQ(inside.size(0), 200);
  EXPECT_GE(inside.min().item<double>(), 0.4 - 1e-12);
  EXPECT_LE(inside.max().item<double>(), 1 + 1e-12);
  for (std::size_t s = 1; s < points.size(); ++s) {
    const bool bore = problem.sets()[s].name == "bore";
    const Points& face = points[s].points;
    EXPECT_LT((face.x.norm(2, {1}) - (bore ? 0.4 : 1.0)).abs().max().item<double>(), 1e-9);
    EXPECT_NEAR(points[s].weights.sum().item<double>(), 1, 1e-12);
    // Out of the domain: into the bore.
    const torch::Tensor outward = (face.normal * face.x).sum(1) / face.x.norm(2, {1});
    EXPECT_LT((outward - (bore ? -1.0 : 1.0)).abs().max().item<double>(), 1e-9);
  }
}

TEST(Shapes, AreIntegratedOver) {
  const Case c = with_overrides(ring, {});
  const Problem problem(c, float64());
  const Solution solution(c, problem.network().initial_parameters(1));
  const Region& whole = c.domain.regions().front();
  EXPECT_NEAR(c.domain.measure(whole), std::numbers::pi * (0.0025 - 0.0004), 1e-9);
  const Expression x = Expression::coordinate(axis_x, Dimension::of(Dimension::length));
  // Mean of x^2 over a ring: (a^2 + b^2)/4, over a circle: r^2/2.
  EXPECT_NEAR(solution.region_mean(x * x, whole), (0.0004 + 0.0025) / 4, 1e-12);
  EXPECT_NEAR(solution.face_mean(x * x, c.domain.geometry("bore").face), 0.0002, 1e-12);
}

TEST(Shapes, RefuseWhatOnlyABoxHas) {
  EXPECT_NE(refusal([] { with_overrides(ring, {"points.sampling=gauss"}); }).find("a Gauss grid fills a box"),
            std::string::npos);
}

TEST(Shapes, LastThroughTimeWithTheirSurfaces) {
  const Case c = with_overrides(replaced(ring, "references: [b, dT]", "references: [b, dT, rate]"),
                                {"domain.box.t=[0 s, 90 s]", "constants.rate=k/(rho*cp*b)", "constants.rho=900 kg/m^3",
                                 "constants.cp=1200 J/(kg K)", "conditions.0.at=[bore, t-]",
                                 "conditions.0.enforce=auto"});
  const Problem problem(c, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", 60, 30, "test", 1, 0);
  ASSERT_EQ(points.size(), 3u);  // the domain, bore and tube: the start is met by construction
  for (std::size_t s = 1; s < points.size(); ++s) {
    const torch::Tensor t = points[s].points.x.select(1, 2);
    EXPECT_GT(t.max().item<double>(), t.min().item<double>());
  }
  const Solution solution(c, problem.network().initial_parameters(1));
  EXPECT_NEAR(solution.fields(solution.points_at({{0.03}, {0.01}, {0.0}})).item<double>(), 350, 1e-9);
  const Expression x = Expression::coordinate(axis_x, Dimension::of(Dimension::length));
  const Expression t = Expression::coordinate(axis_t, Dimension::of(Dimension::time));
  EXPECT_NEAR(solution.region_mean(x * x * t, c.domain.regions().front()), (0.0004 + 0.0025) / 4 * 45, 1e-11);
  EXPECT_NEAR(solution.face_mean(x * x * t, c.domain.geometry("bore").face), 0.0002 * 45, 1e-11);
  const Face end = c.domain.geometry("t+").face;
  EXPECT_NEAR(solution.face_mean(x * x * t, end), (0.0004 + 0.0025) / 4 * 90, 1e-11);
}

TEST(Shapes, CrowdTheirPointsToTheirSurfaces) {
  const Case c = with_overrides(ring, {});
  const Problem problem(c, float64());
  const Region& region = c.domain.regions().front();
  const PointSet crowded = problem.sample(region, "sobol", 4000, {1, "test", 0}, {.near_walls = 9});
  ASSERT_EQ(crowded.size(), 4000);
  int at_wall = 0, in_the_middle = 0;
  double square = 0;
  for (int n = 0; n < crowded.size(); ++n) {
    const double r = std::hypot(crowded.x[2 * n], crowded.x[2 * n + 1]);
    EXPECT_GE(r, 0.4 - 1e-12);
    at_wall += r > 0.99 ? 1 : 0;
    in_the_middle += r > 0.695 && r < 0.705 ? 1 : 0;
    square += crowded.weights[n] * r * r;
  }
  // Per area; the law falls from 9 at the wall to 5.9 at r = 0.99.
  const double density = (at_wall / (1 - 0.99 * 0.99)) / (in_the_middle / (0.705 * 0.705 - 0.695 * 0.695));
  EXPECT_NEAR(density, 7.2, 1.8);
  EXPECT_NEAR(square, (1 + 0.4 * 0.4) / 2, 5e-3);
}

TEST(Regions, HavePointsThatFollowTheirResiduals) {
  for (const char* adapt : {"rad", "r3"}) {
    for (const std::string& text : {ring, slab}) {
      const Case c = with_overrides(text, {std::string("points.adapt=") + adapt, "points.redraw=1",
                                           "points.sampling=sobol", "points.power=2", "points.interior=100"});
      const Problem problem(c, float64());
      // Twice the usual weights: residuals that vary, also within one region's own network.
      const torch::Tensor theta = 2 * problem.network().initial_parameters(1);
      const std::vector<double> balance(problem.residuals().size(), 1.0);
      PointSchedule schedule(problem, c.settings);
      schedule.prepare(0, theta, balance);
      const std::vector<WeightedPoints> even = schedule.points();
      schedule.prepare(1, theta, balance);
      for (std::size_t s = 0; s < problem.interiors(); ++s) {
        const WeightedPoints& followed = schedule.points()[s];
        ASSERT_EQ(followed.weights.size(0), even[s].weights.size(0));
        EXPECT_NEAR(followed.weights.sum().item<double>(), 1, 1e-12);
        const auto mean = [&](const WeightedPoints& points) {
          return problem.evaluate(s, theta, points.points).square().sum(1).mean().item<double>();
        };
        EXPECT_GT(mean(followed), 1.2 * mean(even[s])) << adapt << " " << s;
        const ScaledBox box = problem.scaled(problem.region(s).box);
        const torch::Tensor x = followed.points.x.select(1, 0);
        EXPECT_GE(x.min().item<double>(), box.lower[0]);
        EXPECT_LE(x.max().item<double>(), box.upper[0]);
      }
    }
  }
}

TEST(Regions, CrowdTheirPointsToTheirWalls) {
  const Case c = with_overrides(slab, {});
  const Problem problem(c, float64());
  const Region& left = c.domain.region_named("left");
  const PointSet even = problem.sample(left, "sobol", 1000, {1, "test", 0});
  const PointSet crowded = problem.sample(left, "sobol", 1000, {1, "test", 0}, {.near_walls = 9});
  const double width = 0.03 / c.coordinate_scale(axis_x);
  const auto at_interface = [&](const PointSet& set) {
    int count = 0;
    for (int n = 0; n < set.size(); ++n) count += set.x[2 * n] > 0.98 * width;
    return count;
  };
  EXPECT_NEAR(at_interface(even), 20, 3);
  EXPECT_GT(at_interface(crowded), 55);
  const torch::Tensor x = problem.draw("sobol", 1000, 5, "test", 1, 0, {.near_walls = 9})[0].points.x.select(1, 0);
  EXPECT_GT((x > 0.98 * width).sum().item<std::int64_t>(), 55);
}

}  // namespace
}  // namespace nusselt
