#include "solver/case/mean_conditions.hpp"

#include <algorithm>
#include <cmath>

#include "solver/case/formulas.hpp"

namespace nusselt {

namespace {

bool has_place(const Expression& leaf) {
  using Kind = Expression::Kind;
  return leaf.kind() == Kind::field || leaf.kind() == Kind::coordinate || leaf.kind() == Kind::normal;
}

bool is_functional(const Expression& leaf, const Formula& formula) {
  return leaf.kind() == Expression::Kind::parameter &&
         std::ranges::any_of(formula.functionals,
                             [&](const SurfaceFunctional& functional) { return functional.symbol == leaf.name(); });
}

double duration(const Domain& domain) {
  const Box& box = domain.box();
  return box.axes[axis_t] ? box.upper[axis_t] - box.lower[axis_t] : 1;
}

}  // namespace

bool states_a_mean(const Entry& entry) {
  const std::vector<std::string> names = mentioned_names(entry.value.text);
  return entry.value.text.find('=') != std::string::npos &&
         std::ranges::any_of(names, [](const std::string& name) { return name == "mean" || name == "integral"; });
}

MeanEquation::MeanEquation(const std::string& text, const Face& face, Scope scope)
    : formula_{Expression::zero(), {}, {}} {
  scope.here = face.axis == axis_t ? Face{axis_t, face.upper}.name() : face.name();
  scope.faces = {scope.here};
  scope.on_face = false;
  formula_ = parse_equation_of_means(text, scope);
  const std::size_t equals = text.find('=');
  if (!formula_.extrema.empty() || !formula_.sections.empty()) {
    throw TextError("a condition may have mean() and integral() over what stands under `at`, and no values elsewhere",
                    equals);
  }
  for (const SurfaceFunctional& functional : formula_.functionals) require_derivatives(functional.integrand, equals);
  for (const Expression& leaf : leaves(formula_.expression)) {
    if (has_place(leaf)) {
      throw TextError(to_string(leaf) + " varies from point to point and stands outside of mean() and integral()",
                      equals, "a condition is on points or on means: take the mean of all of it");
    }
    if (!is_functional(leaf, formula_)) continue;
    for (const Expression& other : leaves(partial(formula_.expression, leaf))) {
      if (!is_functional(other, formula_)) continue;
      throw TextError("a condition is a sum of means, each with a factor that has no mean in it", equals,
                      "solve it for the mean, as in mean(u) = sqrt(c) instead of mean(u)^2 = c");
    }
  }
}

Expression MeanEquation::residual(double measure) const {
  return transform(formula_.expression, [&](const Expression& leaf) -> std::optional<Expression> {
    if (!is_functional(leaf, formula_)) return std::nullopt;
    const auto functional = std::ranges::find(formula_.functionals, leaf.name(), &SurfaceFunctional::symbol);
    if (functional->kind == SurfaceFunctional::Kind::mean) return functional->integrand;
    return Expression::number(measure, leaf.dimension() / functional->integrand.dimension()) * functional->integrand;
  });
}

double measure_at_a_moment(const Face& face, const Domain& domain) {
  return domain.measure(face) / (face.axis == axis_t ? 1 : duration(domain));
}

double measure_at_a_moment(const Region& region, const Domain& domain) {
  return domain.measure(region) / duration(domain);
}

MeanRule mean_rule(const Face& face, const Box& box, bool family) {
  int axes = 0;
  for (const Axis axis : box.active_axes()) {
    if (axis != axis_t && (face == whole_domain || face.axis != axis)) ++axes;
  }
  constexpr int along_axes[] = {1, 64, 20, 10};
  constexpr int rows = 24;
  const int along_axis = along_axes[axes];
  const bool changes = box.axes[axis_t] && face.axis != axis_t;
  return {along_axis, static_cast<int>(std::lround(std::pow(along_axis, axes))), changes || family ? rows : 1};
}

}  // namespace nusselt
