#include "solver/lane_residual.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

const Axes plane = {true, true, false, false};

template <class Real>
torch::TensorOptions options_of() {
  return at::TensorOptions().dtype(c10::CppTypeToScalarType<Real>::value);
}

template <class Real>
class LaneResidualTest : public ::testing::Test {
 protected:
  // float32: the order of additions differs, and terms cancel.
  static constexpr double tolerance = sizeof(Real) == 4 ? 2e-5 : 1e-13;

  /// Points and jets of some residual, positive so that roots and logarithms of them exist.
  void compare(const CompiledResidual& compiled, int outputs, const std::vector<double>& weights) {
    const std::int64_t points = 11;
    const auto options = options_of<Real>();
    const JetSpec& spec = compiled.spec();
    const Tensor x = (0.6 + 0.3 * testing::wave({points, spec.axes}, 0.2)).to(options);
    const Tensor normal = (0.1 + 0.8 * testing::wave({points, spec.axes}, 0.9)).to(options);
    const Tensor quadrature = (1.1 + testing::wave({points}, 0.4)).to(options);
    const Tensor jet = (0.7 + 0.4 * testing::wave({points, spec.channels(), outputs}, 0.6)).to(options);
    const WeightedPoints drawn{{x, normal}, quadrature};
    const LaneResidual<Real> lanes(compiled, drawn, weights);
    ASSERT_EQ(lanes.equations(), compiled.size());

    const Tensor factors = (quadrature.unsqueeze(1) * at::tensor(weights, at::kDouble).to(options).unsqueeze(0)).sqrt();
    const Tensor values = compiled.values(drawn.points, jet) * factors;
    const Tensor seeds = compiled.seeds(drawn.points, jet) * factors.unsqueeze(-1).unsqueeze(-1);

    // A tile in the middle of the set, with lanes beyond its points.
    const int stride = 16;
    const JetTile<Real> frame{3, 7, stride, nullptr};
    std::vector<Real> columns(static_cast<std::size_t>(spec.channels() * outputs * stride), Real(0.5));
    for (int column = 0; column < spec.channels() * outputs; ++column) {
      for (int k = 0; k < frame.points; ++k) {
        columns[column * stride + k] = jet[frame.first + k][column / outputs][column % outputs].template item<Real>();
      }
    }
    const JetTile<Real> tile{frame.first, frame.points, stride, columns.data()};
    const auto block = [&](std::size_t count) { return std::vector<Real>(count * stride, Real(NAN)); };
    std::vector<Real> scratch(lanes.scratch_size(stride), Real(NAN));
    std::vector<Real> alone = block(compiled.size());
    std::vector<Real> residual = block(compiled.size());
    std::vector<Real> slopes = block(lanes.slots().size());
    lanes.values(tile, alone.data(), scratch.data());
    lanes.linearize(tile, residual.data(), slopes.data(), scratch.data());

    Tensor left = seeds.clone();  // what no slot speaks of must be zero
    for (int k = 0; k < frame.points; ++k) {
      const std::int64_t n = frame.first + k;
      for (int e = 0; e < compiled.size(); ++e) {
        expect_close(alone[e * stride + k], values[n][e].template item<double>(), "residual");
        EXPECT_EQ(residual[e * stride + k], alone[e * stride + k]);
      }
      for (std::size_t s = 0; s < lanes.slots().size(); ++s) {
        const auto& slot = lanes.slots()[s];
        const Tensor entry = left[n][slot.equation][slot.channel][slot.output];
        expect_close(slopes[s * stride + k], entry.template item<double>(), "slope");
        entry.zero_();
      }
      EXPECT_EQ(left[n].abs().max().template item<double>(), 0);
    }
  }

  static void expect_close(double got, double expected, const char* what) {
    EXPECT_NEAR(got, expected, tolerance * (1 + std::abs(expected))) << what;
  }
};
using Reals = ::testing::Types<float, double>;
TYPED_TEST_SUITE(LaneResidualTest, Reals);

TYPED_TEST(LaneResidualTest, EqualsTheTensorPathForEveryShippedCase) {
  for (const char* name : {"heated_bar", "heated_cavity", "kovasznay"}) {
    SCOPED_TRACE(name);
    const Case c = read_case(std::string(NUSSELT_SOURCE_DIR) + "/cases/" + name, {});
    const Problem problem(c, float64());
    for (const ResidualSet& set : problem.sets()) {
      SCOPED_TRACE(set.name);
      std::vector<double> weights;
      for (int e = 0; e < set.residual.size(); ++e) weights.push_back(0.5 + e);
      this->compare(set.residual, problem.network().settings().outputs, weights);
    }
  }
}

TYPED_TEST(LaneResidualTest, EqualsTheTensorPathForEveryOperation) {
  const Expression f = Expression::field("f", Dimension(), plane, true);
  const Expression g = Expression::field("g", Dimension(), plane, true);
  const Expression x = Expression::coordinate(axis_x, Dimension());
  const auto n = [](double value) { return Expression::number(value); };
  const std::vector<TrialField> trials = {{"f", n(0), n(1), {}, ""},
                                          {"g", n(2) + x, n(4) * x * apply(Function::exp, x), {}, ""}};
  std::vector<Expression> expressions = {
      power(f, 3) + power(f, Rational(-2)) + power(f, 7) * n(1e-2),
      sqrt(f) + power(f, Rational(1, 3)) + power(f, Rational(-5, 2)) + power(f, Rational(-1, 2)),
      f * derivative(f, axis_x) + g * derivative(f, axis_y) - derivative(derivative(f, axis_x), axis_x),
      Expression::normal(axis_x) * derivative(g, axis_x) + Expression::normal(axis_y) * derivative(f, axis_y) - n(0.5),
      n(1.5),  // no field at all
      x * x,   // nor here
      f,       // a bare input
      f,       // the same result twice
      -f + f * f + n(2)};
  for (Function function : {Function::exp, Function::log, Function::sin, Function::cos, Function::tanh, Function::sinh,
                            Function::cosh, Function::atan, Function::erf, Function::erfc, Function::step}) {
    expressions.push_back(apply(function, f * x) * n(0.3));
  }
  for (Function function : {Function::min, Function::max}) {
    expressions.push_back(apply(function, f, g * x) * n(0.3) + derivative(apply(function, f, g), axis_x));
    expressions.push_back(f * apply(function, g, n(2.2)));
    expressions.push_back(apply(function, f, x));
  }
  const CompiledResidual compiled(expressions, trials, plane);
  this->compare(compiled, 2, std::vector<double>(expressions.size(), 1.7));
  // Each by itself: columns that others keep alive are reused now.
  for (const Expression& expression : expressions) {
    SCOPED_TRACE(to_string(expression));
    this->compare(CompiledResidual({expression}, trials, plane), 2, {0.6});
  }
}

TEST(LaneProgram, ComputesEqualValuesOnceOverItsTapesAndReusesColumns) {
  const Expression a = Expression::column("a", Dimension());
  Tape cube;
  cube.add(power(a, 3));
  Tape square;
  square.add(power(a, 2));
  using Source = LaneProgram::Source;
  const std::vector<Source> inputs = {{Source::From::jet, 0}};
  const LaneProgram both({{cube, inputs, {0}}, {square, inputs, {0}}});
  EXPECT_EQ(both.instruction_count(), 3u);  // a*a; times a and the scale; times the scale
  EXPECT_EQ(both.loads(), (std::vector<Source>{{Source::From::scale, 0}}));

  Tape chain;
  Expression sum = a;
  for (int i = 0; i < 20; ++i) sum = apply(Function::tanh, sum) + Expression::number(0.1);
  chain.add(sum);
  const LaneProgram long_one({{chain, inputs, {0}}});
  EXPECT_GE(long_one.instruction_count(), 40u);
  EXPECT_EQ(long_one.columns(), 2);  // the scale and one more
}

}  // namespace
}  // namespace nusselt
