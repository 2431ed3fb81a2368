// States that are wrong although their training loss would do: each must be refused, and for the right reason.
//
// Most are seeded: the field is what the test says, the network adds nothing. First the loss on the training points is
// shown to be below what a converged run may have, the square of the limit on one residual; then the verdict is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "solver/climb.hpp"
#include "solver/run_report.hpp"
#include "solver/trivial_state.hpp"
#include "solver/verdict.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Expression x = Expression::coordinate(axis_x, Dimension());
const Expression y = Expression::coordinate(axis_y, Dimension());
const Expression t = Expression::coordinate(axis_t, Dimension());

Expression real(double value) { return Expression::number(value); }

const std::string tiny = "network: {depth: 1, width: 3}\nthreads: 1\n";

void seed(Case& c, const std::string& field, const Expression& state) {
  for (TrialField& trial : c.trials) {
    if (trial.field == field) trial.lift = state;
  }
}

torch::Tensor nothing_added(const Problem& problem) {
  return at::zeros({problem.network().parameter_count()}, at::kDouble);
}

/// What the verdict finds wrong with a state of low loss.
std::vector<std::string> faults(const Case& c) {
  const Problem problem(c, float64());
  const torch::Tensor theta = nothing_added(problem);
  const LeastSquares objective(
      problem,
      problem.draw(c.settings.points.sampling, c.settings.points.interior, c.settings.points.boundary, "training",
                   c.settings.seed, 0,
                   {.on_boundary = c.settings.points.on_boundary, .near_walls = c.settings.points.near_walls}),
      std::vector<double>(problem.residuals().size(), 1.0));
  const double limit = c.settings.criteria.residual;
  EXPECT_LT(objective.loss(theta), limit * limit) << "training would have seen it";
  std::vector<std::string> names;
  for (const Criterion& one : Judge(c).evaluate(Solution(c, theta), objective.mean_squares(theta)).criteria) {
    if (!one.passed) names.push_back(one.name);
  }
  return names;
}

/// The largest residual of the equations at held-out points inside, where most verdicts look.
double seen_inside(const Case& c) {
  const Problem problem(c, float64());
  const std::vector<WeightedPoints> points = problem.draw("sobol", c.settings.points.held_out, 8, "held out", 1, 0);
  return problem.evaluate(0, nothing_added(problem), points.front().points).abs().max().item<double>();
}

Case wire(const std::string& conditions, const std::string& more = "") {
  return with_overrides(
      "case: wire\nphysics: heat_conduction\n"
      "constants: {L: 200 mm, k: 16.2 W/(m K), T0: 293 K, dT: 40 K}\n"
      "domain: {box: {x: [0 m, L]}}\nscales: {references: [L, dT], temperature_level: T0}\n"
      "conditions:\n" +
          conditions + "points: {interior: 4, sampling: gauss}\n" + more + tiny,
      {});
}

const std::string two_temperatures = "  - {at: x-, T: T0}\n  - {at: x+, T: T0 + dT}\n";

TEST(WrongState, AConstantUnderATinyBoundaryWeight) {
  Case c = wire("  - {at: x-, T: T0}\n  - {at: x+, T: T0 + dT, enforce: soft, weight: 1e-8}\n");
  seed(c, "T", real(0));
  EXPECT_THAT(faults(c), Contains("residual of T at x+"));
}

TEST(WrongState, AStartUnderATinyWeight) {
  Case c = with_overrides(
      "case: plate\nphysics: heat_conduction\n"
      "constants: {L: 30 mm, k: 16.2 W/(m K), rho: 7900 kg/m^3, cp: 502 J/(kg K), T0: 293 K, dT: 40 K, end: 90 s}\n"
      "domain: {box: {x: [0 m, L], t: [0 s, end]}}\nscales: {references: [L, dT, k, end], temperature_level: T0}\n"
      "conditions:\n  - {at: t-, T: T0 + dT, enforce: soft, weight: 1e-8}\n  - {at: [x-, x+], T: T0}\n" +
          tiny,
      {"criteria.trivial=allowed"});
  seed(c, "T", real(0));  // cold from the beginning
  EXPECT_THAT(faults(c), Contains("residual of T at t-"));
}

TEST(WrongState, ADriftingPressureUnderATinyWeight) {
  Case c = with_overrides(
      "case: channel\nphysics: incompressible_flow\n"
      "constants: {H: 4 mm, L: 10 mm, rho: 870 kg/m^3, mu: 62 mPa s, dp: 250 Pa, U: dp*H^2/(8*mu*L)}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, H]}}\nscales: {references: [H, U, dp]}\n"
      "conditions:\n  - {at: [y-, y+], u: 0, v: 0}\n"
      "  - {at: [x-, x+], u: 4*U*y/H*(1 - y/H), v: 0}\n"
      "  - {at: x+, p: 0, enforce: soft, weight: 1e-14}\n"
      "points: {interior: 64, boundary: 8, sampling: gauss}\n" +
          tiny,
      {});
  seed(c, "u", real(4) * y * (real(1) - y));
  seed(c, "v", real(0));
  const Expression falling = real(1) - x / real(2.5);
  seed(c, "p", falling);
  EXPECT_THAT(faults(c), ElementsAre());
  seed(c, "p", falling + real(1000));
  EXPECT_THAT(faults(c), ElementsAre("residual of p at x+"));
}

TEST(WrongState, AFieldThatVanishesAtTheTrainingPoints) {
  Case c = wire(two_temperatures);
  // Zeros of third order where the Gauss points are: neither the field nor its residual shows there.
  Expression hidden = x * (real(1) - x);
  for (const double node : gauss_legendre(4).nodes) {
    const Expression from_it = x - real(node);
    hidden = hidden * from_it * from_it * from_it;
  }
  seed(c, "T", x + real(1e4) * hidden);
  EXPECT_THAT(faults(c), testing::IsSupersetOf({"residual of energy", "held-out/training of energy"}));
}

TEST(WrongState, AKinkBetweenThePoints) {
  Case c = wire(two_temperatures);
  // A heat source as thin as a hair: the flux that enters is half of that which leaves, and no point sees why.
  const Expression slope_jumps = sqrt(real(1e-14) + (x - real(0.5003)) * (x - real(0.5003)));
  seed(c, "T", real(0.75) * x + real(0.25) * slope_jumps);
  EXPECT_LT(seen_inside(c), 1e-3);
  EXPECT_THAT(faults(c), Contains("imbalance of energy"));
}

TEST(WrongState, PlugFlowOverAWallLayerThatNoPointInsideSees) {
  Case c = with_overrides(
      "case: couette\nphysics: incompressible_flow\n"
      "constants: {H: 4 mm, rho: 870 kg/m^3, mu: 62 mPa s, U: 0.3 m/s}\n"
      "domain: {box: {x: [0 m, H], y: [0 m, H]}}\nscales: {references: [H, U, rho]}\n"
      "conditions:\n  - {at: y-, u: 0, v: 0}\n  - {at: y+, u: U, v: 0}\n"
      "  - {at: [x-, x+], v: 0, developed: dn(u) = 0}\n"
      "points: {interior: 64, boundary: 8, sampling: gauss}\n" +
          tiny,
      {});
  seed(c, "v", real(0));
  seed(c, "p", real(0));
  seed(c, "u", y);
  EXPECT_THAT(faults(c), ElementsAre());
  seed(c, "u", real(1) - apply(Function::exp, real(-1e6) * y));
  EXPECT_LT(seen_inside(c), 1e-9);
  EXPECT_THAT(faults(c), Contains("residual of momentum_x"));
}

TEST(WrongState, AFlowThatStopsAtOnce) {
  // Rest is a solution of the equations and of all conditions but the start, which it leaves within a millionth.
  Case c = read_case(NUSSELT_SOURCE_DIR "/cases/taylor_green",
                     {"points.interior=200", "points.boundary=20", "network.depth=1", "network.width=3"});
  const Expression pi = real(3.141592653589793);
  const Expression faded = apply(Function::exp, real(-1e6) * t);
  seed(c, "u", apply(Function::sin, pi * x) * apply(Function::cos, pi * y) * faded);
  seed(c, "v", real(-1) * apply(Function::cos, pi * x) * apply(Function::sin, pi * y) * faded);
  seed(c, "p", real(0));
  c.settings.points.on_boundary = 0;
  EXPECT_LT(seen_inside(c), 1e-9);
  EXPECT_THAT(faults(c), testing::IsSupersetOf({"residual of momentum_x", "residual of momentum_y"}));
}

TEST(WrongState, AFrontFourTimesTooThin) {
  // A standing front of width 2 nu/U; the grid has no line within it.
  const auto front = [](double width) {
    return with_overrides(
        "case: front\nphysics: burgers\nconstants: {L: 0.2 m, U: 0.5 m/s, nu: 5e-3*L*U, w: " + std::to_string(width) +
            "*2*nu/U}\n"
            "domain: {box: {x: [-L, L], t: [0 s, L/U]}}\nscales: {references: [L, U]}\n"
            "conditions:\n  - {at: t-, u: -U*tanh(x/w)}\n  - {at: x-, u: U}\n  - {at: x+, u: -U}\n"
            "points: {interior: 64, sampling: gauss}\n" +
            tiny,
        {});
  };
  Case right = front(1);
  seed(right, "u", real(-1) * apply(Function::tanh, x / real(0.01)));
  EXPECT_THAT(faults(right), Not(Contains("residual of momentum_x")));
  Case thin = front(0.25);
  seed(thin, "u", real(-1) * apply(Function::tanh, x / real(0.0025)));
  EXPECT_THAT(faults(thin), Contains("residual of momentum_x"));
}

TEST(WrongState, AFieldThatIsNoNumberInACorner) {
  Case c = wire(two_temperatures, "criteria: {trivial: allowed}\n");
  // Its root has no value in the last hundredth, beyond the last training point.
  seed(c, "T", x + real(1e-9) * sqrt(real(0.99) - x));
  EXPECT_THAT(faults(c), Contains("residual of energy"));
}

TEST(WrongState, NothingAtAllWhereAllDataAreZero) {
  const std::string membrane =
      "case: membrane\nconstants: {L: 0.3 m, k: 7/L, phi_0: 2 V}\n"
      "domain: {box: {x: [0 m, L], y: [0 m, L]}}\nscales: {references: [L, phi_0]}\nfields: {phi: V}\n"
      "equations: {wave: lap(phi) + k^2*phi = 0}\nconditions: [{at: [x-, x+, y-, y+], phi: 0}]\n" +
      tiny;
  EXPECT_THAT(faults(with_overrides(membrane, {})), ElementsAre("limit/residual with phi = 0"));
  EXPECT_THAT(faults(with_overrides(membrane, {"criteria.trivial=allowed"})), ElementsAre());
}

/// Rayleigh-Benard convection well above its onset, from a start at rest.
Case begun_at_rest(const std::vector<std::string>& more = {}) {
  std::vector<std::string> overrides = {"start.u=0 m/s",
                                        "start.v=0 m/s",
                                        "start.T=T_hot - dT*y/H",
                                        "network.depth=2",
                                        "network.width=10",
                                        "points.interior=144",
                                        "points.boundary=12",
                                        "points.held_out=200",
                                        "optimizer.steps=60",
                                        "optimizer.name=levenberg_marquardt",
                                        "criteria.every=5",
                                        "criteria.residual=1e-3",
                                        "threads=1"};
  overrides.insert(overrides.end(), more.begin(), more.end());
  return read_case(NUSSELT_SOURCE_DIR "/cases/rayleigh_benard", overrides);
}

TEST(WrongState, RestAboveTheOnsetOfConvection) {
  // Trained, not seeded: rest solves everything, and nothing leads away from it.
  const auto reached = [](const Case& c) {
    Trainer trainer(c, float64());
    const Outcome outcome = trainer.run([](const Trainer& now) {
      if (!now.evaluation()) return true;
      for (const ResidualReport& r : now.evaluation()->residuals) {
        if (r.rms > 0.3 * now.the_case().settings.criteria.residual) return true;
      }
      return false;  // low enough
    });
    return std::pair(outcome, trainer.evaluate());
  };
  const Case c = begun_at_rest();
  const auto [outcome, evaluation] = reached(c);
  std::vector<std::string> failed;
  for (const Criterion& one : evaluation.criteria) {
    if (!one.passed) failed.push_back(one.name);
  }
  ASSERT_THAT(failed, ElementsAre("limit/residual with u, v = 0"));
  EXPECT_THAT(trivial_state_advice(failed.front()), HasSubstr("say `criteria.trivial: allowed`"));
  EXPECT_TRUE(evaluation.only_independent_checks_failed());
  EXPECT_EQ(status_of(Outcome::out_of_steps, evaluation), Status::check_failed);
  const Case allowed = begun_at_rest({"criteria.trivial=allowed"});
  EXPECT_TRUE(reached(allowed).second.passed());
}

TEST(WrongState, ARungThatPassesIsNotTheCase) {
  // The clock stops the run on a lower rung, whose own criteria hold.
  const Case c = tiny_bar({"ladder.q=[10 kW/m^3]", "criteria.every=2", "optimizer.steps=200", "optimizer.time=1e-9"});
  std::vector<Rung> ladder = read_ladder(c);
  auto trainer = std::make_unique<Trainer>(ladder.front().the_case, float64());
  const Outcome outcome = climb(ladder, trainer, [](const Trainer&) { return true; });
  ASSERT_EQ(outcome, Outcome::out_of_time);
  Evaluation passing = trainer->evaluate();
  for (Criterion& one : passing.criteria) one.passed = true;
  EXPECT_EQ(status_of(outcome, passing), Status::not_converged);
}

TEST(WrongState, AnyProfileWhereNothingIsSaidOfTheInlet) {
  // Refused before anything is trained: tests/front/inflow_test.cpp has its variations.
  EXPECT_THAT(refusal([] {
                case_of(
                    "case: stream\nconstants: {L: 0.4 m, w: 0.3 m/s, c: 4 MJ/(m^3 K), q: 50 kW/m^3, T0: 290 K,\n"
                    "  dT: 10 K}\ndomain: {box: {x: [0 m, L], y: [0 m, L]}}\n"
                    "scales: {references: [L, dT, w, c], temperature_level: T0}\nfields: {T: K}\n"
                    "equations: {energy: c*w*dx(T) = q}\n");
              }),
              HasSubstr("nothing is said about T on face x- or x+"));
}

}  // namespace
}  // namespace nusselt
