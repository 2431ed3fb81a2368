#include "solver/compiled_residual.hpp"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "solver/solution.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using testing::message_of;
using testing::relative_difference;
using torch::Tensor;

const Axes plane = {true, true, false, false};

Expression scaled(const std::string& name) { return Expression::field(name, Dimension(), plane, true); }
Expression coordinate(Axis axis) { return Expression::coordinate(axis, Dimension()); }
Expression number(double value) { return Expression::number(value); }
Expression d(const Expression& e, Axis a) { return derivative(e, a); }
Expression d(const Expression& e, Axis a, Axis b) { return derivative(derivative(e, a), b); }

TrialField soft(const std::string& field) { return {field, number(0), number(1), {}, ""}; }
TrialField hard(const std::string& field) {
  const Expression x = coordinate(axis_x);
  const Expression y = coordinate(axis_y);
  return {field, number(2) + x * y, number(4) * x * (number(1) - x) * apply(Function::exp, y), {}, ""};
}

/// Value of an expression without fields at points.
Tensor at_points(const Expression& e, const Tensor& x) {
  Tape tape;
  tape.add(e);
  std::vector<Tensor> inputs;
  for (const Expression& leaf : tape.inputs()) inputs.push_back(x.select(1, leaf.axis()));
  const auto value = tape.run<Tensor>(inputs).front();
  return value.index() == 0 ? at::full({x.size(0)}, std::get<0>(value), x.options()) : std::get<1>(value);
}

/// The same residuals with nothing compiled: trial functions as LibTorch operations, their derivatives by nested
/// autograd in x, and the expression of the fields as it stands. The axes of the domain must be the first ones.
Tensor directly(const std::vector<Expression>& expressions, const std::vector<TrialField>& trials,
                const Network& network, const Tensor& theta, const Points& points) {
  const Tensor x = points.x.detach().clone().requires_grad_(true);
  const Tensor outputs = network.values(theta, x);
  std::vector<Tensor> columns;
  for (const Expression& expression : expressions) {
    Tape tape;
    tape.add(expression);
    std::vector<Tensor> inputs;
    for (const Expression& leaf : tape.inputs()) {
      if (leaf.kind() == Expression::Kind::coordinate) {
        inputs.push_back(points.x.select(1, leaf.axis()));
      } else if (leaf.kind() == Expression::Kind::normal) {
        inputs.push_back(points.normal.select(1, leaf.axis()));
      } else {
        const auto trial =
            std::find_if(trials.begin(), trials.end(), [&](const TrialField& t) { return t.field == leaf.name(); });
        Tensor value =
            at_points(trial->lift, x) + at_points(trial->distance, x) * outputs.select(1, trial - trials.begin());
        for (int axis = 0; axis < axis_count; ++axis) {
          for (int n = 0; n < leaf.index()[axis]; ++n) {
            value = torch::autograd::grad({value.sum()}, {x}, {}, true, true)[0].select(1, axis);
          }
        }
        inputs.push_back(value.detach());
      }
    }
    columns.push_back(std::get<1>(tape.run<Tensor>(inputs).front()));
  }
  return at::stack(columns, 1);
}

struct Setting {
  NetworkSettings settings;
  Network network;
  Tensor theta;
  Points points;
};

Setting setting(int outputs) {
  NetworkSettings settings = testing::small_settings(2, "tanh", "none");
  settings.outputs = outputs;
  const Network network(settings);
  const Tensor x = testing::scattered_points(settings, 11);
  Tensor normal = at::zeros_like(x);
  normal.select(1, 1).fill_(-1);
  return {settings, network, testing::generic_parameters(network, 5), {x, normal}};
}

void expect_equal_to_direct(const std::vector<Expression>& expressions, const std::vector<TrialField>& trials,
                            const CompiledResidual& compiled) {
  const Setting s = setting(static_cast<int>(trials.size()));
  const Tensor got = compiled.values(s.points, s.network.jet(s.theta, s.points.x, compiled.spec()));
  const Tensor expected = directly(expressions, trials, s.network, s.theta, s.points);
  ASSERT_EQ(got.sizes(), expected.sizes());
  for (std::int64_t e = 0; e < expected.size(1); ++e) {
    EXPECT_LT(relative_difference(got.select(1, e), expected.select(1, e)), 1e-11) << "expression " << e;
  }
}

void expect_seeds_equal_autograd(const CompiledResidual& compiled, int outputs) {
  const Setting s = setting(outputs);
  const Tensor jet = s.network.jet(s.theta, s.points.x, compiled.spec()).detach().requires_grad_(true);
  const Tensor values = compiled.values(s.points, jet);
  const Tensor seeds = compiled.seeds(s.points, jet.detach());
  ASSERT_EQ(seeds.sizes(), at::IntArrayRef({11, compiled.size(), compiled.spec().channels(), outputs}));
  for (int e = 0; e < compiled.size(); ++e) {
    const Tensor expected = torch::autograd::grad({values.select(1, e).sum()}, {jet}, {}, true)[0];
    EXPECT_LT((seeds.select(1, e) - expected).abs().max().item<double>(),
              1e-13 * (1 + expected.abs().max().item<double>()))
        << "expression " << e;
  }
}

void expect_right(const std::vector<Expression>& expressions, const std::vector<TrialField>& trials,
                  const CompiledResidual& compiled) {
  expect_equal_to_direct(expressions, trials, compiled);
  expect_seeds_equal_autograd(compiled, static_cast<int>(trials.size()));
}

TEST(CompiledResidual, BoussinesqNeedsFourChannels) {
  const Case c = tiny_cavity();
  std::vector<Expression> equations;
  for (const DimensionlessResidual& equation : c.equations) equations.push_back(equation.expression());
  const CompiledResidual compiled(equations, c.trials, c.box.axes);
  EXPECT_EQ(compiled.size(), 4);
  EXPECT_EQ(compiled.spec(), JetSpec::second_order(2, {SecondOrder::laplacian({1, 1})}));
  EXPECT_EQ(compiled.spec().channels(), 4);
  expect_right(equations, c.trials, compiled);
}

TEST(CompiledResidual, HardConditionsBringTheirProductRule) {
  const Expression f = scaled("f");
  const Expression g = scaled("g");
  const std::vector<TrialField> trials = {hard("f"), soft("g")};
  const std::vector<Expression> expressions = {
      d(f, axis_x, axis_x) + d(f, axis_y, axis_y) + f * d(f, axis_x) - g,
      d(g, axis_x, axis_x) + d(g, axis_y, axis_y) + apply(Function::sin, f) * d(g, axis_y) + power(g, 3)};
  const CompiledResidual compiled(expressions, trials, plane);
  EXPECT_EQ(compiled.spec().channels(), 4);
  expect_right(expressions, trials, compiled);
}

TEST(CompiledResidual, CollapsesSumsOfUnlikeConstantRatios) {
  const Expression f = scaled("f");
  const Expression g = scaled("g");
  const std::vector<TrialField> trials = {hard("f"), soft("g")};
  // f_xx : f_yy = 1 : 3; g_xx : g_xy : g_yy = 1 : 2 : 7. Two collapsed channels instead of three single ones.
  const std::vector<Expression> expressions = {
      number(2) * d(f, axis_x, axis_x) + number(6) * d(f, axis_y, axis_y) + g,
      f * (d(g, axis_x, axis_x) + number(2) * d(g, axis_x, axis_y) + number(7) * d(g, axis_y, axis_y)) + d(g, axis_x)};
  const CompiledResidual compiled(expressions, trials, plane);
  EXPECT_EQ(compiled.spec().channels(), 5);
  expect_right(expressions, trials, compiled);
}

TEST(CompiledResidual, RatiosThatNeedAsManyChannelsAreNotCollapsed) {
  const Expression f = scaled("f");
  const Expression g = scaled("g");
  const std::vector<TrialField> trials = {soft("f"), soft("g")};
  const std::vector<Expression> expressions = {d(f, axis_x, axis_x) + number(3) * d(f, axis_y, axis_y),
                                               d(g, axis_x, axis_x) + number(7) * d(g, axis_y, axis_y)};
  const CompiledResidual compiled(expressions, trials, plane);
  EXPECT_EQ(compiled.spec(), JetSpec::pure_seconds(2));
  expect_right(expressions, trials, compiled);
}

TEST(CompiledResidual, MixedVaryingAndNonlinearSecondDerivatives) {
  const Expression f = scaled("f");
  const Expression x = coordinate(axis_x);
  const std::vector<TrialField> trials = {hard("f")};
  for (const Expression& e : {d(f, axis_x, axis_y) + f, d(f, axis_x, axis_x) + x * d(f, axis_y, axis_y) + f,
                              power(d(f, axis_x, axis_x) + d(f, axis_y, axis_y), 2) + f,
                              d(f, axis_x, axis_x) * d(f, axis_y, axis_y) - power(d(f, axis_x, axis_y), 2),
                              apply(Function::exp, number(0.1) * d(f, axis_x, axis_x)) + d(f, axis_y, axis_y)}) {
    SCOPED_TRACE(to_string(e));
    expect_right({e}, trials, CompiledResidual({e}, trials, plane));
  }
}

TEST(CompiledResidual, ConditionsAskForNoMoreThanTheirOrder) {
  const Expression f = scaled("f");
  const std::vector<TrialField> trials = {soft("f")};
  const std::vector<Expression> value = {f - coordinate(axis_x)};
  const CompiledResidual dirichlet(value, trials, plane);
  EXPECT_EQ(dirichlet.spec(), JetSpec::values(2));
  expect_right(value, trials, dirichlet);

  const std::vector<Expression> flux = {Expression::normal(axis_x) * d(f, axis_x) +
                                        Expression::normal(axis_y) * d(f, axis_y) - number(0.5)};
  const CompiledResidual neumann(flux, trials, plane);
  EXPECT_EQ(neumann.spec(), JetSpec::first_order(2));
  expect_right(flux, trials, neumann);
}

TEST(CompiledResidual, AnExpressionWithoutFieldsIsAConstantColumn) {
  const CompiledResidual compiled({number(1.5), scaled("f")}, {soft("f")}, plane);
  const Setting s = setting(1);
  const Tensor jet = s.network.jet(s.theta, s.points.x, compiled.spec());
  EXPECT_TRUE(at::equal(compiled.values(s.points, jet).select(1, 0), at::full({11}, 1.5, at::kDouble)));
  EXPECT_EQ(compiled.seeds(s.points, jet).select(1, 0).abs().max().item<double>(), 0);
  EXPECT_EQ(compiled.seeds(s.points, jet).select(1, 1).min().item<double>(), 1);
}

TEST(CompiledResidual, ThirdDerivativesCollapseAboveTheSecondOnesTheyContain) {
  const Expression f = scaled("f");
  const Expression g = scaled("g");
  const std::vector<TrialField> trials = {hard("f"), soft("g")};
  // f_xxx + f_xyy and g_xxy + 5 g_yyy; xx, xy and yy stand alone.
  const std::vector<Expression> expressions = {
      d(d(f, axis_x, axis_x) + d(f, axis_y, axis_y), axis_x) + d(g, axis_x, axis_x) * f,
      f * (d(d(g, axis_x, axis_x), axis_y) + number(5) * d(d(g, axis_y, axis_y), axis_y)) + d(g, axis_y)};
  const CompiledResidual compiled(expressions, trials, plane);
  EXPECT_EQ(compiled.spec().order(), 3);
  EXPECT_EQ(compiled.spec().second.size(), 3u);
  EXPECT_EQ(compiled.spec().third.size(), 2u);
  expect_right(expressions, trials, compiled);
}

TEST(CompiledResidual, MixedVaryingAndNonlinearThirdDerivatives) {
  const Expression f = scaled("f");
  const Expression third = d(d(f, axis_x, axis_x), axis_x);
  const std::vector<TrialField> trials = {hard("f")};
  for (const Expression& e :
       {d(d(f, axis_x, axis_y), axis_y) + f, third + coordinate(axis_x) * d(d(f, axis_y, axis_y), axis_y) + f,
        power(third, 2) + d(f, axis_x, axis_y)}) {
    SCOPED_TRACE(to_string(e));
    expect_right({e}, trials, CompiledResidual({e}, trials, plane));
  }
}

TEST(CompiledResidual, FieldsThatFollowFromOthers) {
  const Expression psi = scaled("psi"), u = scaled("u"), v = scaled("v");
  TrialField stream = soft("psi");
  stream.gives = {{"u", d(psi, axis_y)}, {"v", number(-2) * d(psi, axis_x)}};
  const auto lap = [](const Expression& e) { return d(e, axis_x, axis_x) + d(e, axis_y, axis_y); };
  const CompiledResidual compiled(
      {u * d(u, axis_x) + v * d(u, axis_y) + lap(u), number(2) * d(u, axis_x) + d(v, axis_y)}, {stream}, plane);
  EXPECT_EQ(compiled.spec().channels(), 1 + 2 + 3 + 1);
  const std::vector<Expression> in_psi = {d(psi, axis_y) * d(psi, axis_x, axis_y) -
                                          number(2) * d(psi, axis_x) * d(psi, axis_y, axis_y) + lap(d(psi, axis_y))};
  const Setting s = setting(1);
  const Tensor got = compiled.values(s.points, s.network.jet(s.theta, s.points.x, compiled.spec()));
  EXPECT_LT(relative_difference(got.narrow(1, 0, 1), directly(in_psi, {stream}, s.network, s.theta, s.points)), 1e-11);
  EXPECT_EQ(got.select(1, 1).abs().max().item<double>(), 0);
  expect_seeds_equal_autograd(CompiledResidual(in_psi, {stream}, plane), 1);
}

TEST(CompiledResidual, RefusesFourthDerivativesAndUnknownLeaves) {
  const Expression f = scaled("f");
  EXPECT_EQ(message_of([&] { CompiledResidual({d(d(f, axis_x, axis_x), axis_y, axis_y)}, {soft("f")}, plane); }),
            "derivatives beyond the third order are not supported: dxxyy(N_f)");
  EXPECT_EQ(message_of([&] { CompiledResidual({f + scaled("h")}, {soft("f")}, plane); }),
            "no value at the points is known for h");
}

TEST(CompiledResidual, AKnownPartThatSolvesTheEquationLeavesNothing) {
  // -k T'' = q on [0, L] with the known part -q x^2/(2 k): whatever is linear in x remains, and a network of zeros is.
  const Case c = with_overrides(
      "case: bar\nphysics: heat_conduction\n"
      "constants: {L: 200 mm, k: 16.2 W/(m K), q: 80 kW/m^3, T0: 293 K, dT: 40 K}\n"
      "domain: {box: {x: [0 m, L]}}\nscales: {references: [L, dT], temperature_level: T0}\n"
      "known_parts: {T: T0 - q*x^2/(2*k)}\n"
      "conditions:\n  - {at: x-, T: T0}\n  - {at: x+, T: T0 + dT}\n",
      {"network.width=3", "network.depth=1", "points.interior=20"});
  const Problem problem(c, float64());
  const auto points = problem.draw("sobol", 20, 1, "test", 1, 0);
  const Tensor zeros = at::zeros({problem.network().parameter_count()}, float64());
  EXPECT_LT(problem.evaluate(0, zeros, points[0].points).abs().max().item<double>(), 1e-12);
  // T0 + dT s + (q L^2/(2 k)) s (1 - s) in scaled form.
  const Solution solution(c, zeros);
  const double at_quarter = solution.fields(solution.points_at({{0.05}}))[0][0].item<double>();
  EXPECT_NEAR(at_quarter, 293 + 40 * 0.25 + 80e3 * 0.04 / (2 * 16.2) * 0.25 * 0.75, 1e-10);
}

TEST(CompiledResidual, TheStokesFlowOfACornerCancelsCloseToIt) {
  const Case c = read_case(std::string(NUSSELT_SOURCE_DIR) + "/cases/lid_driven_cavity", {});
  std::vector<TrialField> known = c.trials;
  for (TrialField& trial : known) trial.distance = number(0);
  // Without inertia the equations are linear; of the lift only the known part is not smooth.
  const auto f = [&](const std::string& name) { return scaled(name); };
  const Expression u = f("u"), v = f("v"), p = f("p");
  const double re = 100;
  const auto lap = [&](const Expression& e) { return d(e, axis_x, axis_x) + d(e, axis_y, axis_y); };
  const CompiledResidual stokes(
      {d(p, axis_x) - number(1 / re) * lap(u), d(p, axis_y) - number(1 / re) * lap(v), d(u, axis_x) + d(v, axis_y)},
      known, plane);
  const Tensor x = at::tensor({1e-5, 0.3e-5, 1e-3, 0.4e-3, 0.7, 0.3}, float64()).view({3, 2});
  const Tensor near = at::stack({x.select(1, 0), 1 - x.select(1, 1)}, 1);
  const Network network(setting(3).settings);
  const Tensor r = stokes.values({near, {}}, at::zeros({3, stokes.spec().channels(), 3}, float64()));
  // The second derivatives are of the order of 1e10 at the first point.
  EXPECT_LT(r.abs().max().item<double>(), 20);
  EXPECT_TRUE(at::isfinite(r).all().item<bool>());
}

}  // namespace
}  // namespace nusselt
