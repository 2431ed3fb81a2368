#include "solver/case/given_ranges.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

namespace nusselt {

namespace {

using Position = std::array<double, axis_count>;

/// Calls `visit` on a grid of points of a face, its edges included.
void on_grid(const Box& box, const Face& face, const std::function<void(const Position&)>& visit) {
  constexpr int samples = 9;  // along each axis
  const std::vector<Axis> axes = box.active_axes();
  std::vector<int> index(axes.size(), 0);
  while (true) {
    Position position{};
    for (std::size_t d = 0; d < axes.size(); ++d) {
      const Axis a = axes[d];
      const double s = a == face.axis ? (face.upper ? 1.0 : 0.0) : static_cast<double>(index[d]) / (samples - 1);
      position[a] = box.lower[a] + s * (box.upper[a] - box.lower[a]);
    }
    visit(position);
    std::size_t d = 0;
    while (d < axes.size() && (axes[d] == face.axis || ++index[d] == samples)) index[d++] = 0;
    if (d == axes.size()) return;
  }
}

bool varies(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::coordinate; });
}

/// The value that the undifferentiated `field` has at a point where the residual vanishes and every derivative and
/// every other field is zero; nothing where the residual is not linear in it.
std::optional<double> resting_value(const Expression& residual, const std::string& field, const Face& face,
                                    const Position& position, const Constants& constants) {
  const auto at = [&](double value) {
    return evaluate(residual, [&](const Expression& leaf) {
      switch (leaf.kind()) {
        case Expression::Kind::coordinate:
          return position[leaf.axis()];
        case Expression::Kind::normal:
          return leaf.axis() == face.axis ? face.sign() : 0.0;
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

std::vector<GivenRange> given_ranges(const System& system, const Box& box, const Constants& constants,
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
      const auto look = [&](const Position& position) {
        if (!given) {
          if (const auto value = resting_value(expression, field.name, condition.face, position, constants)) {
            take(*value);
          }
          return;
        }
        take(evaluate(expression, [&](const Expression& leaf) {
          return leaf.kind() == Expression::Kind::coordinate ? position[leaf.axis()] : constant_value(leaf, constants);
        }));
      };
      if (varies(expression)) {
        on_grid(box, condition.face, look);
      } else {
        look(Position{});
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
