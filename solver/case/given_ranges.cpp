#include "solver/case/given_ranges.hpp"

#include <algorithm>
#include <cmath>

namespace nusselt {

namespace {

constexpr int samples = 9;  // along each axis of a face

bool varies(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::coordinate; });
}

/// The value that the undifferentiated `field` has at a point where the residual vanishes and every derivative and
/// every other field is zero; nothing where the residual is not linear in it.
std::optional<double> resting_value(const Expression& residual, const std::string& field, const FacePoint& point,
                                    const Constants& constants) {
  const auto at = [&](double value) {
    return evaluate(residual, [&](const Expression& leaf) {
      switch (leaf.kind()) {
        case Expression::Kind::coordinate:
          return point.at[leaf.axis()];
        case Expression::Kind::normal:
          return point.normal[leaf.axis()];
        case Expression::Kind::field:
          return leaf.name() == field && leaf.order() == 0 ? value : 0.0;
        default:
          return constant_value(leaf, constants);
      }
    });
  };
  const double zero = at(0);
  const double slope = at(1) - zero;
  const double curved = at(2) - zero - 2 * slope;
  const double value = -zero / slope;
  if (!std::isfinite(value) || std::abs(curved) > 1e-9 * (std::abs(slope) + std::abs(zero))) return std::nullopt;
  return value;
}

bool mentions_value(const Expression& residual, const std::string& field) {
  const std::vector<Expression> all = leaves(residual);
  return std::any_of(all.begin(), all.end(), [&](const Expression& leaf) {
    return leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 0;
  });
}

}  // namespace

std::vector<GivenRange> given_ranges(const System& system, const Domain& domain, const Constants& constants,
                                     const std::vector<Condition>& conditions) {
  std::vector<GivenRange> ranges;
  for (const System::Field& field : system.fields()) {
    GivenRange range{field.name, INFINITY, -INFINITY, {}};
    const auto take = [&range](double value) {
      if (!std::isfinite(value)) return;
      range.lowest = std::min(range.lowest, value);
      range.highest = std::max(range.highest, value);
    };
    for (const Condition& condition : conditions) {
      const bool given = condition.field == field.name;
      if (!given && (condition.field || !mentions_value(condition.residual, field.name))) continue;
      const Expression& expression = given ? condition.value : condition.residual;
      const auto look = [&](const FacePoint& point) {
        if (!given) {
          if (const auto value = resting_value(expression, field.name, point, constants)) {
            take(*value);
          }
          return;
        }
        take(evaluate(expression, [&](const Expression& leaf) {
          return leaf.kind() == Expression::Kind::coordinate ? point.at[leaf.axis()] : constant_value(leaf, constants);
        }));
      };
      const Face& face =
          condition.whole ? domain.boundary(domain.region_named(*condition.whole)).front() : condition.face;
      const std::vector<FacePoint> points = domain.look_at(face, samples);
      if (varies(expression)) {
        for (const FacePoint& point : points) look(point);
      } else {
        look(points.front());
      }
      for (const Expression& leaf : leaves(expression)) {
        if (leaf.kind() == Expression::Kind::parameter) range.constants.insert(leaf.name());
      }
    }
    if (range.lowest <= range.highest) ranges.push_back(std::move(range));
  }
  return ranges;
}

}  // namespace nusselt
