// The systems of cases/ that are text alone: their equations vanish at the manufactured solutions, whose derivatives
// are written here once more, independently of the case files and of the parser.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numbers>

#include "solver/case/case.hpp"

namespace nusselt {
namespace {

using std::numbers::pi;

/// amplitude sin(pi x/L + a pi/2) sin(pi y/L + b pi/2) exp(-t/time): a = 0 is a sine, 1 a cosine.
struct Wave {
  double amplitude;
  int a, b;
  double length;
  double time;  // infinite where nothing changes

  double derivative(const MultiIndex& order, const std::array<double, 4>& at) const {
    const double k = pi / length;
    return amplitude * std::pow(k, order[0] + order[1]) * std::sin(k * at[0] + (a + order[0]) * pi / 2) *
           std::sin(k * at[1] + (b + order[1]) * pi / 2) * std::pow(-1 / time, order[3]) * std::exp(-at[3] / time);
  }
};

struct Exact {
  double level = 0;  // of the undifferentiated field
  double slope = 0;  // along x
  Wave wave;

  double derivative(const MultiIndex& order, const std::array<double, 4>& at) const {
    const int total = order[0] + order[1] + order[2] + order[3];
    const double linear = total == 0 ? level + slope * at[0] : total == 1 && order[0] == 1 ? slope : 0;
    return linear + wave.derivative(order, at);
  }
};

double size_of_terms(const Expression& e, const std::function<double(const Expression&)>& value_of) {
  if (e.kind() != Expression::Kind::sum) return std::abs(evaluate(e, value_of));
  double size = 0;
  for (const Expression& term : e.children()) size += size_of_terms(term, value_of);
  return size;
}

void expect_solution(const Case& c, const std::map<std::string, Exact>& exact) {
  const ConstantValues constants = c.constants.values();
  for (const std::array<double, 2> place : {std::array{0.137, 0.781}, {0.563, 0.219}, {0.911, 0.437}}) {
    const double length = c.box.upper[axis_x];
    const std::array<double, 4> at = {place[0] * length, place[1] * length, 0, 0.3 * place[0] * c.box.upper[axis_t]};
    const auto value_of = [&](const Expression& leaf) -> double {
      switch (leaf.kind()) {
        case Expression::Kind::parameter:
          return constants.at(leaf.name());
        case Expression::Kind::coordinate:
          return at[leaf.axis()];
        case Expression::Kind::field:
          return exact.at(leaf.name()).derivative(leaf.index(), at);
        default:
          throw std::logic_error("no value of " + to_string(leaf));
      }
    };
    for (const System::Equation& equation : c.system.equations()) {
      const double size = size_of_terms(equation.residual, value_of);
      EXPECT_GT(size, 0) << equation.name;
      EXPECT_NEAR(evaluate(equation.residual, value_of) / size, 0, 1e-12) << c.name << ": " << equation.name;
    }
  }
}

Case manufactured(const std::string& name, const std::vector<std::string>& overrides = {}) {
  return read_case(NUSSELT_SOURCE_DIR "/cases/" + name + "/manufactured.yaml", overrides);
}

constexpr double steady = INFINITY;

TEST(ManufacturedCases, PorousLayer) {
  const Case c = manufactured("porous_layer");
  const ConstantValues v = c.constants.values();
  const double L = v.at("L"), U = v.at("U");
  expect_solution(c, {{"u", {0, 0, {U, 0, 1, L, steady}}},
                      {"v", {0, 0, {-U, 1, 0, L, steady}}},
                      {"p", {0, 0, {v.at("P"), 1, 1, L, steady}}}});
}

TEST(ManufacturedCases, Thermistor) {
  const Case c = manufactured("thermistor");
  const ConstantValues v = c.constants.values();
  const double L = v.at("L");
  expect_solution(c, {{"phi", {0, v.at("V") / L, {0.2 * v.at("V"), 0, 0, L, steady}}},
                      {"T", {300, 0, {0.3 * v.at("dT"), 0, 1, L, steady}}}});
}

TEST(ManufacturedCases, DoubleDiffusion) {
  const Case c = manufactured("double_diffusion");
  const ConstantValues v = c.constants.values();
  const double L = v.at("L"), U = v.at("U"), time = L / U;
  expect_solution(c, {{"u", {0, 0, {U, 0, 1, L, time}}},
                      {"v", {0, 0, {-U, 1, 0, L, time}}},
                      {"p", {0, 0, {v.at("rho") * U * U, 1, 1, L, steady}}},
                      {"T", {300, 0, {v.at("dT"), 1, 1, L, time}}},
                      {"w", {0.012, 0, {v.at("dw"), 1, 0, L, time}}}});
}

}  // namespace
}  // namespace nusselt
