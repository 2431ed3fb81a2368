#include "solver/estimation.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "solver/checkpoint.hpp"
#include "solver/run_report.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using torch::Tensor;

const std::string inverse_cases = NUSSELT_SOURCE_DIR "/cases/inverse_conduction";

Case rod(std::vector<std::string> overrides = {}, const std::string& file = "case.yaml") {
  overrides.push_back("threads=1");
  return read_case(inverse_cases + "/" + file, overrides);
}

class SoughtConstants : public ::testing::TestWithParam<std::array<std::string, 2>> {
 protected:
  // Weights near one another, so that every row counts in what is compared.
  Case case_ = rod({"engine=" + GetParam()[0], "network.reparam=" + GetParam()[1], "inverse.weight=0.5",
                    "constants.h={start: 50 W/(m^2 K), prior: 20 W/(m^2 K)}"});
  Problem problem_{case_, float64()};
  std::vector<WeightedPoints> points_ = problem_.draw("gauss", 20, 1, "training", 1, 0);
  std::vector<double> ones_ = std::vector<double>(problem_.residuals().size(), 1.0);
  LeastSquares objective_{problem_, points_, ones_};
  Tensor theta_ = testing::generic_parameters(problem_.network(), 5);
};

TEST_P(SoughtConstants, AreTheLastTrainedNumbers) {
  const Network& network = problem_.network();
  EXPECT_EQ(network.slices().back().name, "constants");
  EXPECT_EQ(network.slices().back().offset + 2, network.parameter_count());
  EXPECT_TRUE(network.initial_parameters(3).narrow(0, network.parameter_count() - 2, 2).eq(0).all().item<bool>());
  ASSERT_EQ(problem_.sets().size(), 5u);  // interior, x-, x+, thermocouples, priors
  EXPECT_EQ(problem_.sets()[3].name, "thermocouples");
  EXPECT_EQ(problem_.sets()[4].name, "priors");
  EXPECT_EQ(objective_.rows(), 20 + 1 + 1 + 10 + 1);
}

TEST_P(SoughtConstants, HaveTheColumnsThatDifferencesGive) {
  const LeastSquares::Linear linear = objective_.linearize(theta_);
  const double h = 1e-6;
  for (std::int64_t p = theta_.numel() - 4; p < theta_.numel(); ++p) {  // two of the network, two constants
    Tensor ahead = theta_.clone(), behind = theta_.clone();
    ahead[p] += h;
    behind[p] -= h;
    const Tensor difference = (objective_.residual(ahead) - objective_.residual(behind)) / (2 * h);
    EXPECT_GT(difference.norm().item<double>(), 1e-4);
    EXPECT_LT(relative_difference(linear.jacobian.select(1, p), difference), 1e-7) << p;
  }
}

TEST_P(SoughtConstants, AgreeInAllOperationsOfTheObjective) {
  const LeastSquares::Linear linear = objective_.linearize(theta_);
  const Tensor& j = linear.jacobian;
  const Tensor v = testing::wave({theta_.numel()}, 0.3), w = testing::wave({objective_.rows()}, 0.8);
  const Tensor pushed = at::mv(j, v);
  const LeastSquares::Gradient gradient = objective_.gradient(theta_);
  EXPECT_NEAR(gradient.loss, linear.loss, 1e-12 * linear.loss);
  EXPECT_LT(relative_difference(gradient.gradient, at::mv(j.t(), linear.residual)), 1e-12);
  const LeastSquares::NormalEquations normal = objective_.normal_equations(theta_);
  EXPECT_LT(relative_difference(normal.gradient, gradient.gradient), 1e-12);
  EXPECT_LT(relative_difference(normal.matrix, at::mm(j.t(), j).triu()), 1e-12);
  EXPECT_LT(relative_difference(objective_.push(theta_, v), pushed), 1e-12);
  EXPECT_LT(relative_difference(objective_.pull(theta_, w), at::mv(j.t(), w)), 1e-12);
  EXPECT_LT(relative_difference(objective_.product(theta_, v), at::mv(j.t(), pushed)), 1e-12);
  const LeastSquares::Operator map = objective_.jacobian(theta_);
  EXPECT_LT(relative_difference(map.push(v), pushed), 1e-12);
  EXPECT_LT(relative_difference(map.pull(w), at::mv(j.t(), w)), 1e-12);
  EXPECT_LT(relative_difference(map.kernel().triu(), at::mm(j, j.t()).triu()), 1e-12);
  std::int64_t row = 0;
  objective_.for_each_block(theta_, [&](std::size_t, const Tensor& r, const Tensor& block) {
    EXPECT_LT(relative_difference(block.reshape({r.numel(), theta_.numel()}), j.narrow(0, row, r.numel())), 1e-12);
    row += r.numel();
  });
  EXPECT_EQ(row, objective_.rows());
}

TEST_P(SoughtConstants, HaveTheGradientOfAutogradThroughTheReferenceJets) {
  const Tensor leaf = theta_.clone().requires_grad_(true);
  Tensor loss = at::zeros({}, at::kDouble);
  for (std::size_t s = 0; s < problem_.sets().size(); ++s) {
    const ResidualSet& set = problem_.sets()[s];
    const Tensor jet = problem_.network().reference_jet(leaf, points_[s].points.x, set.residual.spec());
    const Tensor values = set.residual.values(points_[s].points, jet);
    for (std::size_t e = 0; e < set.weights.size(); ++e) {
      loss = loss + 0.5 * set.weights[e] *
                        (points_[s].weights * values.select(1, static_cast<std::int64_t>(e)).square()).sum();
    }
  }
  EXPECT_NEAR(loss.item<double>(), objective_.loss(theta_), 1e-12 * loss.item<double>());
  EXPECT_LT(relative_difference(objective_.gradient(theta_).gradient, torch::autograd::grad({loss}, {leaf})[0]), 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Engines, SoughtConstants,
                         ::testing::Values(std::array<std::string, 2>{"tile", "none"},
                                           std::array<std::string, 2>{"libtorch", "none"},
                                           std::array<std::string, 2>{"libtorch", "weight_fact"},
                                           std::array<std::string, 2>{"libtorch", "weight_norm"}));

struct Solved {
  explicit Solved(Case the_case) : c(std::move(the_case)), trainer(c, float64()) {
    outcome = trainer.run([](const Trainer&) { return true; });
  }
  const Estimation& estimation() const { return *trainer.evaluation()->estimation; }
  Case c;
  Trainer trainer;
  Outcome outcome;
};

/// The exact temperature of the rod, as in cases/inverse_conduction/make_data.py.
double exact(double x, double k, double h) {
  const double m = std::sqrt(4 * h / (k * 0.01)), b = h / (m * k), length = 0.1;
  return 20e3 / (k * m) * (std::cosh(m * (length - x)) + b * std::sinh(m * (length - x))) /
         (std::sinh(m * length) + b * std::cosh(m * length));
}

TEST(Estimation, HasTheStandardErrorsOfTheExactSolution) {
  const Solved solved(rod());
  ASSERT_EQ(solved.outcome, Outcome::converged);
  const Estimation& estimation = solved.estimation();
  ASSERT_EQ(estimation.constants.size(), 2u);
  const double k = estimation.constants[0].value, h = estimation.constants[1].value;
  // Least squares with the exact solution: the information of ten readings, and a zero gradient of the misfit.
  double a = 0, b = 0, d = 0, gradient_k = 0, gradient_h = 0;
  const Sensors& sensors = solved.c.sensors.front();
  for (std::size_t n = 0; n < sensors.points[0].size(); ++n) {
    const double x = sensors.points[0][n], step = 1e-5, noise = 0.2;
    const double slope_k = (exact(x, k * (1 + step), h) - exact(x, k * (1 - step), h)) / (2 * k * step) / noise;
    const double slope_h = (exact(x, k, h * (1 + step)) - exact(x, k, h * (1 - step))) / (2 * h * step) / noise;
    const double misfit = (sensors.readings[0].si[n] - 293.15 - exact(x, k, h)) / noise;
    a += slope_k * slope_k;
    b += slope_k * slope_h;
    d += slope_h * slope_h;
    gradient_k += slope_k * misfit;
    gradient_h += slope_h * misfit;
  }
  const double determinant = a * d - b * b;
  const double error_k = std::sqrt(d / determinant), error_h = std::sqrt(a / determinant);
  EXPECT_NEAR(*estimation.constants[0].standard_error, error_k, 0.01 * error_k);
  EXPECT_NEAR(*estimation.constants[1].standard_error, error_h, 0.01 * error_h);
  EXPECT_NEAR(estimation.correlation[0][1], -b / std::sqrt(a * d), 0.01);
  EXPECT_LT(std::abs(d * gradient_k - b * gradient_h) / determinant, 0.1 * error_k);
  EXPECT_LT(std::abs(a * gradient_h - b * gradient_k) / determinant, 0.1 * error_h);
  EXPECT_LT(estimation.shift, 0.1);
  EXPECT_TRUE(estimation.unidentified.empty());
  ASSERT_EQ(estimation.misfits.size(), 1u);
  EXPECT_LT(estimation.misfits[0].rms, estimation.misfits[0].limit);
}

TEST(Estimation, SaysWhenOnlyARatioIsIdentified) {
  const Solved solved(rod({}, "known_temperature.yaml"));
  EXPECT_EQ(solved.outcome, Outcome::converged);
  const Estimation& estimation = solved.estimation();
  ASSERT_EQ(estimation.identified.size(), 1u);
  EXPECT_EQ(estimation.identified[0].text, "k/h");
  EXPECT_LT(estimation.identified[0].relative_error, 0.02);
  ASSERT_EQ(estimation.unidentified.size(), 1u);
  EXPECT_EQ(estimation.unidentified[0].text, "k*h");
  for (const ConstantEstimate& one : estimation.constants) EXPECT_FALSE(one.standard_error) << one.name;
  RunReport report;
  report.evaluation = *solved.trainer.evaluation();
  const nlohmann::json json = to_json(report);
  EXPECT_EQ(json["estimates"]["statement"], "only k/h is identified: the data do not tell k*h");
  EXPECT_TRUE(json["estimates"]["constants"][0]["standard_error"].is_null());
  EXPECT_NE(verdict_text(json, "r").find("not identified: this value is one of many"), std::string::npos);
}

TEST(Estimation, APriorMakesAnEstimateOfWhatTheDataDoNotTell) {
  const Solved solved(rod({"constants.k={start: 15 W/(m K), prior: 0.3 W/(m K)}"}, "known_temperature.yaml"));
  const Estimation& estimation = solved.estimation();
  ASSERT_TRUE(estimation.constants[0].standard_error);
  EXPECT_NEAR(*estimation.constants[0].standard_error, 0.3, 0.003);
  EXPECT_NEAR(estimation.constants[0].value, 15, 0.01);
}

TEST(Estimation, DataThatTheEquationsCannotMeetFailTheCheck) {
  const Solved solved(rod({"sensors.thermocouples.noise.T=0.02 K"}));  // ten times more precise than they are
  EXPECT_NE(solved.outcome, Outcome::converged);
  EXPECT_TRUE(solved.trainer.evaluation()->only_independent_checks_failed());
  EXPECT_GT(solved.estimation().misfits[0].rms, solved.estimation().misfits[0].limit);
}

TEST(Estimation, ContinuesBitForBit) {
  const Case c = rod({"optimizer.steps=12", "criteria.every=5"});
  Trainer whole(c, float64()), first(c, float64()), second(c, float64());
  whole.run([](const Trainer&) { return true; });
  first.run([](const Trainer& now) { return now.step() < 7; });
  const TemporaryFolder folder;
  RunIdentity identity;
  identity.execution.engine = {"tile", "portable", ""};
  save_checkpoint(folder.path(), {first.state(), identity});
  std::vector<std::string> warnings;
  second.restore(load_newest_checkpoint(folder.path(), warnings).state);
  second.run([](const Trainer&) { return true; });
  EXPECT_GT(whole.theta().narrow(0, whole.theta().numel() - 2, 2).abs().min().item<double>(), 0);
  EXPECT_TRUE(second.theta().equal(whole.theta()));
}

TEST(Estimation, WritesProductsOfPowers) {
  EXPECT_EQ(power_text({"k", "h"}, {0.7071, -0.7071}), "k/h");
  EXPECT_EQ(power_text({"k", "h"}, {-0.7071, 0.70712}), "k/h");
  EXPECT_EQ(power_text({"k", "h"}, {0.5, 0.5}), "k*h");
  EXPECT_EQ(power_text({"a", "b", "c"}, {2, -1, -1}), "a/(b^(0.5)*c^(0.5))");
  EXPECT_EQ(power_text({"a", "b"}, {0.37, 1}), "a^(0.37)*b");
  EXPECT_EQ(power_text({"a", "b"}, {0.01, 1}), "b");
}

}  // namespace
}  // namespace nusselt
