#include "solver/case/well_posed.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>

#include "nondim/units.hpp"
#include "solver/case/condition_count.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

constexpr double same = 1e-9;

const Dimension kelvin = Dimension::of(Dimension::temperature);

std::string shown(double si, const Dimension& dimension) { return to_string(si) + " " + dimension.unit(); }

/// A level as a person reads it: "-26.85 K, -300 degC".
std::string shown_temperature(double si) { return to_string(si) + " K, " + to_string(si - 273.15) + " degC"; }

[[noreturn]] void refuse_below_zero(const Place& place, const std::string& key, double si) {
  throw InputError(place, key + ": " + shown_temperature(si) + ", is below absolute zero",
                   "0 K is -273.15 degC and -459.67 degF; a difference of temperatures is written in K");
}

/// Properties of matter that are positive by their nature. (A thermal expansion is not: that of water below 4 degC.)
bool is_positive_property(const Dimension& dimension) {
  return dimension == dimension_of<Density>() || dimension == dimension_of<DynamicViscosity>() ||
         dimension == dimension_of<KinematicViscosity>() || dimension == dimension_of<Conductivity>() ||
         dimension == dimension_of<SpecificHeat>();
}

/// Calls `visit` at points of a face: what it gets is the value of a coordinate or of a constant, in SI.
void on_face(const Face& face, const Domain& domain, const Constants& constants,
             const std::function<void(const std::function<double(const Expression&)>&)>& visit) {
  constexpr int samples = 5;  // along each axis
  for (const FacePoint& point : domain.look_at(face, samples)) {
    visit([&](const Expression& leaf) {
      if (leaf.kind() == Expression::Kind::coordinate) return point.at[leaf.axis()];
      if (leaf.kind() == Expression::Kind::normal) return point.normal[leaf.axis()];
      return constant_value(leaf, constants);
    });
  }
}

std::set<std::string> fields_in(const Expression& expression) {
  std::set<std::string> names;
  for (const Expression& leaf : leaves(expression)) {
    if (leaf.kind() == Expression::Kind::field) names.insert(leaf.name());
  }
  return names;
}

/// Two statements about one field: how what they ask for fits together at every point looked at.
enum class Agreement { independent, same_statement, contradiction };

Agreement compare(const Condition& a, const Condition& b, const Domain& domain, const Constants& constants) {
  std::vector<Expression> derivatives;  // the field and its derivatives in either of them
  for (const Condition* condition : {&a, &b}) {
    for (const Expression& leaf : leaves(condition->residual)) {
      if (leaf.kind() != Expression::Kind::field) continue;
      if (std::find(derivatives.begin(), derivatives.end(), leaf) == derivatives.end()) derivatives.push_back(leaf);
    }
  }
  bool parallel = true;
  bool equal = true;
  on_face(a.face, domain, constants, [&](const auto& position) {
    // residual = sum of slopes[i]*derivatives[i] + rest, if it is linear.
    struct Linear {
      std::vector<double> slopes;
      double rest = 0;
      bool is_linear = true;
    };
    const auto linear_form = [&](const Expression& residual) {
      const auto value = [&](std::size_t which, double size) {
        return evaluate(residual, [&](const Expression& leaf) {
          if (leaf.kind() != Expression::Kind::field) return position(leaf);
          return which < derivatives.size() && leaf == derivatives[which] ? size : 0.0;
        });
      };
      Linear form;
      form.rest = value(derivatives.size(), 0);
      for (std::size_t i = 0; i < derivatives.size(); ++i) {
        const double slope = value(i, 1) - form.rest;
        form.slopes.push_back(slope);
        const double twice = value(i, 2) - form.rest;
        form.is_linear = form.is_linear && std::abs(twice - 2 * slope) <= same * std::abs(twice);
      }
      return form;
    };
    const Linear one = linear_form(a.residual);
    const Linear two = linear_form(b.residual);
    if (!one.is_linear || !two.is_linear) parallel = false;
    for (std::size_t i = 0; i < derivatives.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const double left = one.slopes[i] * two.slopes[j];
        const double right = one.slopes[j] * two.slopes[i];
        if (!(std::abs(left - right) <= same * std::max(std::abs(left), std::abs(right)))) parallel = false;
      }
      const double left = one.rest * two.slopes[i];
      const double right = two.rest * one.slopes[i];
      if (!(std::abs(left - right) <= same * std::max(std::abs(left), std::abs(right)))) equal = false;
    }
  });
  if (!parallel) return Agreement::independent;
  return equal ? Agreement::same_statement : Agreement::contradiction;
}

std::string name_of(const Condition& condition) {
  return condition.key + " in line " + std::to_string(condition.place.line);
}

void require_agreement(const System& system, const Domain& domain, const std::vector<Condition>& conditions,
                       const Constants& constants, std::vector<std::string>& warnings) {
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const std::set<std::string> fields = fields_in(conditions[i].residual);
    if (fields.size() != 1 || conditions[i].of_mean) continue;
    for (std::size_t j = 0; j < i; ++j) {
      if (conditions[j].of_mean || conditions[j].face != conditions[i].face ||
          fields_in(conditions[j].residual) != fields)
        continue;
      const Agreement agreement = compare(conditions[j], conditions[i], domain, constants);
      const std::string where = *fields.begin() + " on face " + conditions[i].face.name();
      if (agreement == Agreement::contradiction) {
        throw InputError(conditions[i].place,
                         conditions[i].key + ": contradicts what " + name_of(conditions[j]) + " says of " + where,
                         "keep one of the two");
      }
      if (agreement == Agreement::same_statement) {
        throw InputError(conditions[i].place,
                         conditions[i].key + ": says of " + where + " what " + name_of(conditions[j]) + " says already",
                         "keep one of the two");
      }
    }
  }
  for (const ConditionCount& count : count_conditions(system, domain, conditions)) {
    const auto alone = std::count_if(conditions.begin(), conditions.end(), [&](const Condition& condition) {
      return !condition.of_mean && domain.meet(condition.face, count.face) &&
             fields_in(condition.residual) == std::set<std::string>{count.field};
    });
    if (count.needed == 0 || alone <= count.needed) continue;
    warnings.push_back(count.field + " has " + std::to_string(alone) + " conditions on face " + count.face.name() +
                       ", its equations ask for " + std::to_string(count.needed) +
                       " there: as a rule no field satisfies them all");
  }
}

/// Fields that the equations contain only differentiated, such as the pressure of an incompressible flow.
bool has_free_level(const System& system, const std::string& field) {
  for (const System::Equation& equation : system.equations()) {
    for (const Expression& leaf : leaves(equation.residual)) {
      if (leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 0) return false;
    }
  }
  return true;
}

/// The value of a condition without coordinates; nothing where it varies.
std::optional<double> level_of(const Condition& condition, const Constants& constants) {
  for (const Expression& leaf : leaves(condition.value)) {
    if (leaf.kind() != Expression::Kind::parameter && leaf.kind() != Expression::Kind::number) return std::nullopt;
  }
  return constant_value(condition.value, constants);
}

void check_pressure_levels(const System& system, const std::vector<Condition>& conditions, const Constants& constants,
                           std::vector<std::string>& warnings) {
  const Dimension pressure = dimension_of<Pressure>();
  constexpr double atmosphere = 101325;  // Pa
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const Condition& here = conditions[i];
    if (!here.field || here.face.axis == axis_t) continue;
    const Dimension& dimension = system.field_named(*here.field).symbol.dimension();
    const std::optional<double> level = level_of(here, constants);
    if (dimension != pressure || !has_free_level(system, *here.field) || !level) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const Condition& there = conditions[j];
      if (there.field != here.field || there.face.axis == axis_t) continue;
      const std::optional<double> other = level_of(there, constants);
      if (!other || *other == *level) continue;
      const std::string both = shown(*level, pressure) + " on " + here.face.name() + " and " + shown(*other, pressure) +
                               " on " + there.face.name() + " (" + there.key + ")";
      const bool meet = here.face.axis != there.face.axis;
      const bool approximate = here.enforcement == Enforcement::soft || there.enforcement == Enforcement::soft;
      if (meet && !approximate) {
        throw InputError(here.place, here.key + ": contradictory pressure levels where the faces meet: " + both,
                         "give one level, a pressure that varies along the face, or `enforce: soft`");
      }
      const auto is_atmospheric = [](double si) { return std::abs(si - atmosphere) < 0.1 * atmosphere; };
      if ((is_atmospheric(*level) && *other == 0) || (is_atmospheric(*other) && *level == 0)) {
        warnings.push_back(*here.field + " is " + both +
                           ": is one of them measured from vacuum and the other from the surroundings?");
      }
    }
  }
}

void check_temperatures(const System& system, const Domain& domain, const std::vector<Condition>& conditions,
                        const Constants& constants, const Scales& scales, std::vector<std::string>& warnings) {
  for (const Condition& condition : conditions) {
    if (!condition.field || system.field_named(*condition.field).symbol.dimension() != kelvin) continue;
    double lowest = INFINITY;
    on_face(condition.face, domain, constants,
            [&](const auto& position) { lowest = std::min(lowest, evaluate(condition.value, position)); });
    if (lowest < 0) refuse_below_zero(condition.place, condition.key, lowest);
    if (condition.value.is_zero() && scales.temperature_level() > 0) {
      warnings.push_back(condition.key + ": " + *condition.field + " is 0 K on face " + condition.face.name() +
                         ", far below the temperature level; 0 degC is written with its unit");
    }
  }
}

}  // namespace

void require_possible_constants(const Node& root, const System& system, const Constants& constants) {
  const Node* section = root.find("constants");
  for (const Constant& constant : constants.all()) {
    if (constant.temperature == TemperatureKind::level && constant.si < 0) {
      refuse_below_zero(section->find(constant.name)->place, "constants." + constant.name, constant.si);
    }
  }
  for (const System::Constant& needed : system.constants()) {
    const Constant* constant = constants.find(needed.name);
    // Of a constant in an equation as text nobody says what it is: a density, or a difference of two.
    if (constant == nullptr || needed.doc.empty()) continue;
    const Place& place = section->find(needed.name)->place;
    if (needed.dimension == kelvin && constant->si < 0) {
      refuse_below_zero(place, "constants." + needed.name, constant->si);
    }
    if (is_positive_property(needed.dimension) && !(constant->si > 0)) {
      throw InputError(place,
                       "constants." + needed.name + ": a " + needed.dimension.name() + " is positive, got " +
                           shown(constant->si, constant->dimension),
                       needed.name + " is the " + needed.doc);
    }
  }
  if (const Node* level = root.find_path("scales.temperature_level")) {
    const double si = constants.value_of(*level, "scales.temperature_level", kelvin);
    if (si < 0) refuse_below_zero(level->place, "scales.temperature_level", si);
  }
}

void require_evolution(const Node& root, const System& system, const Box& box) {
  if (!box.axes[axis_t]) return;
  for (const NeededDerivatives& needed : needed_derivatives(system)) {
    for (const std::string& name : needed.operators) {
      if (name.find(axis_names[axis_t]) != std::string::npos) return;
    }
  }
  throw InputError(require(root, "domain.box.t").place,
                   "domain.box.t: no equation contains a derivative in time, so nothing leads from t- to t+",
                   "leave t out, or write the dt(...) that is missing");
}

void require_forward_diffusion(const Node& root, const std::vector<DimensionlessResidual>& equations) {
  for (const DimensionlessResidual& equation : equations) {
    const std::vector<DimensionlessResidual::Term>& terms = equation.terms();
    const auto is_derivative = [](const DimensionlessResidual::Term& term, Axis axis, int order) {
      return term.factor.kind() == Expression::Kind::field && term.factor.order() == order &&
             term.factor.index()[axis] == order;
    };
    for (const DimensionlessResidual::Term& rate : terms) {
      if (!is_derivative(rate, axis_t, 1)) continue;
      const std::string& field = rate.factor.name();
      // Fourth derivatives damp what second ones of the wrong sign excite, as in the Kuramoto-Sivashinsky equation.
      const bool damped = std::any_of(terms.begin(), terms.end(), [&](const DimensionlessResidual::Term& term) {
        return term.factor.kind() == Expression::Kind::field && term.factor.name() == field && term.factor.order() > 2;
      });
      for (const DimensionlessResidual::Term& diffusion : terms) {
        for (const Axis axis : {axis_x, axis_y, axis_z}) {
          if (damped || !is_derivative(diffusion, axis, 2) || diffusion.factor.name() != field) continue;
          if (rate.coefficient * diffusion.coefficient < 0) continue;
          const std::string key = "equations." + equation.name();
          const Node* text = root.find_path(key);
          throw InputError(text != nullptr ? text->place : require(root, "physics").place,
                           key + ": diffusion of " + field + " that runs backwards in time: " + to_string(rate.factor) +
                               " and " + to_string(diffusion.factor) +
                               " have the same sign on one side, and the finest ripples grow fastest",
                           "diffusion reads dt(" + field + ") = a*lap(" + field + ") with a positive a");
        }
      }
    }
  }
}

void require_consistent_conditions(const System& system, const Domain& domain, const std::vector<Condition>& conditions,
                                   const Constants& constants, const Scales& scales,
                                   std::vector<std::string>& warnings) {
  check_temperatures(system, domain, conditions, constants, scales, warnings);
  require_agreement(system, domain, conditions, constants, warnings);
  check_pressure_levels(system, conditions, constants, warnings);
}

}  // namespace nusselt
