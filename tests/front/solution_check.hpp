// A physics against a known solution: the solution is put into its equations, and every mistake of one sign, one lost
// term and one lost constant must show.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "physics/equation_text.hpp"
#include "physics/system.hpp"
#include "tests/front/expression_values.hpp"

namespace nusselt {

inline System described(const std::string& physics, const Axes& axes, const std::set<std::string>& given = {}) {
  System system(axes, given);
  registered_physics().at(physics).describe(system);
  return system;
}

/// A solution in text, with the constants it and the equations name.
struct Solution {
  std::map<std::string, std::string> fields;
  std::map<std::string, Dimension> symbols;  // of the formulas only
  LeafValues values;
};

inline Expression formula(const std::string& text, const System& system, const Solution& solution) {
  Scope scope{.names = {}, .axes = system.axes(), .on_face = false, .faces = {}};
  for (const auto& constant : system.constants()) {
    scope.names.emplace(constant.name, Expression::parameter(constant.name, constant.dimension));
  }
  for (const auto& [name, dimension] : solution.symbols) {
    scope.names.emplace(name, Expression::parameter(name, dimension));
  }
  for (int axis = 0; axis < axis_count; ++axis) {
    if (system.axes()[axis]) scope.names.emplace(axis_names[axis], system.coordinate(static_cast<Axis>(axis)));
  }
  return parse_formula(text, scope).expression;
}

inline Expression substituted(const Expression& residual, const System& system, const Solution& solution) {
  Expression result = residual;
  for (const auto& [field, text] : solution.fields) {
    const Expression replacement = formula(text, system, solution);
    EXPECT_EQ(replacement.dimension(), system.field_named(field).symbol.dimension()) << field;
    result = substitute_field(result, field, replacement);
  }
  return result;
}

using Point = std::array<double, 4>;
using Forcing = std::function<double(const Point&)>;

inline std::vector<Point> scattered_points(const Point& lower, const Point& upper) {
  std::mt19937 generator(7);
  std::vector<Point> points(12);
  for (Point& point : points) {
    for (int axis = 0; axis < axis_count; ++axis) {
      point[axis] = lower[axis] + (upper[axis] - lower[axis]) * static_cast<double>(generator()) / 4294967296.0;
    }
  }
  return points;
}

/// Largest |residual - forcing| over the points, relative to the largest single term.
inline double relative_residual(const Expression& residual, const System& system, const Solution& solution,
                                const std::vector<Point>& points, const Forcing& forcing = {}) {
  std::vector<Expression> terms;
  for (const Expression& term : expand(residual)) terms.push_back(substituted(term, system, solution));
  double worst = 0;
  double largest = 0;
  for (const Point& point : points) {
    LeafValues values = solution.values;
    for (int axis = 0; axis < axis_count; ++axis) values[axis_names[axis]] = point[axis];
    double total = forcing ? -forcing(point) : 0;
    for (const Expression& term : terms) {
      const double value = value_at(term, values);
      largest = std::max(largest, std::abs(value));
      total += value;
    }
    worst = std::max(worst, std::abs(total));
  }
  EXPECT_GT(largest, 0) << to_string(residual);
  return worst / largest;
}

/// Every mistake of one sign, one lost term and one lost constant in an equation.
inline std::vector<Expression> mutants(const Expression& residual) {
  std::vector<Expression> found;
  const std::vector<Expression> terms = expand(residual);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    std::vector<Expression> flipped = terms;
    flipped[i] = -flipped[i];
    found.push_back(sum(flipped));
    flipped[i] = Expression::zero();
    found.push_back(sum(flipped));
    for (const Expression& constant : leaves(terms[i])) {
      if (constant.kind() != Expression::Kind::parameter) continue;
      std::vector<Expression> lost = terms;
      lost[i] = terms[i] * Expression::number(1, constant.dimension()) / constant;
      found.push_back(sum(lost));
    }
  }
  return found;
}

inline void expect_solution(const System& system, const Solution& solution, const std::vector<Point>& points,
                            std::map<std::string, Forcing> forcing = {}) {
  for (const System::Equation& equation : system.equations()) {
    EXPECT_LE(relative_residual(equation.residual, system, solution, points, forcing[equation.name]), 1e-10)
        << equation.name;
  }
}

/// Number of mutants killed; every survivor is a failure.
inline int expect_no_mutant_survives(const System& system, const Solution& solution, const std::vector<Point>& points,
                                     std::map<std::string, Forcing> forcing = {}) {
  int killed = 0;
  for (const System::Equation& equation : system.equations()) {
    for (const Expression& mutant : mutants(equation.residual)) {
      const double residual = relative_residual(mutant, system, solution, points, forcing[equation.name]);
      EXPECT_GT(residual, 1e-4) << equation.name << ": " << to_string(mutant);
      if (residual > 1e-4) ++killed;
    }
  }
  return killed;
}

/// Whether the physics knows such a domain.
inline bool fits(const Physics& physics, const Axes& axes) {
  const int dimensions = axes[axis_x] + axes[axis_y] + axes[axis_z];
  return (!axes[axis_t] || physics.timeless.empty()) && dimensions <= physics.most_dimensions &&
         (physics.distance_x.empty() || (axes[axis_x] && !axes[axis_z]));
}

}  // namespace nusselt
