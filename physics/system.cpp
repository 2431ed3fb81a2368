#include "physics/system.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>

namespace nusselt {

namespace {

std::map<std::string, Physics>& registry() {
  static std::map<std::string, Physics> entries;
  return entries;
}

}  // namespace

RegisterPhysics::RegisterPhysics(Physics physics) {
  const std::string name = physics.name;
  if (!registry().emplace(name, std::move(physics)).second) {
    throw std::logic_error("physics '" + name + "' is registered twice");
  }
}

const std::map<std::string, Physics>& registered_physics() { return registry(); }

System::System(const Axes& axes, std::set<std::string> given) : axes_(axes), given_(std::move(given)) {}

Expression System::coordinate(Axis axis) const {
  return Expression::coordinate(axis, Dimension::of(axis == axis_t ? Dimension::time : Dimension::length));
}

VectorTerm<Velocity> System::velocity() {
  VectorTerm<Velocity> components = zero_vector<Velocity>();
  const std::array<const char*, 3> names = {"u", "v", "w"};
  for (int axis = 0; axis < 3; ++axis) {
    if (!axes_[axis]) continue;
    components[axis] = field<Velocity>(names[axis], std::string("velocity along ") + axis_names[axis]);
  }
  return components;
}

Expression System::add_constant(const std::string& name, const Dimension& dimension, const std::string& doc) {
  const auto known = std::find_if(constants_.begin(), constants_.end(),
                                  [&](const Constant& constant) { return constant.name == name; });
  if (known == constants_.end()) constants_.push_back({name, dimension, doc});
  return Expression::parameter(name, dimension);
}

Expression System::add_field(const std::string& name, const Dimension& dimension, const std::string& doc,
                             const std::string& region, bool sought) {
  const Expression symbol = Expression::field(name, dimension, axes_);
  fields_.push_back({name, symbol, doc, region, sought});
  return symbol;
}

std::string System::region_of(const Expression& expression) const {
  std::optional<std::string> found;
  for (const Expression& leaf : leaves(expression)) {
    if (leaf.kind() != Expression::Kind::field) continue;
    const auto field =
        std::find_if(fields_.begin(), fields_.end(), [&](const Field& one) { return one.name == leaf.name(); });
    if (field == fields_.end()) continue;
    const std::string& region = field->region;
    if (found && *found != region) {
      throw std::invalid_argument("fields of " + *found + " and of " + region + " meet on a face only");
    }
    found = region;
  }
  return found.value_or("");
}

void System::merge(const System& other, const std::string& region) {
  const std::string suffix = "_" + region;
  const auto renamed = [&](const Expression& expression) {
    Expression result = expression;
    for (const Field& field : other.fields_) {
      result =
          substitute_field(result, field.name, Expression::field(field.name + suffix, field.symbol.dimension(), axes_));
    }
    return transform(result, [&](const Expression& leaf) -> std::optional<Expression> {
      if (leaf.kind() != Expression::Kind::parameter || !is_given(leaf.name() + suffix)) return std::nullopt;
      return Expression::parameter(leaf.name() + suffix, leaf.dimension());
    });
  };
  for (const Constant& constant : other.constants_) {
    const std::string own = constant.name + suffix;
    add_constant(is_given(own) ? own : constant.name, constant.dimension, constant.doc);
  }
  for (const Field& field : other.fields_) {
    add_field(field.name + suffix, field.symbol.dimension(), field.doc + " in " + region, region);
  }
  for (const Vector& vector : other.vectors_) {
    Vector own{vector.name + suffix, {}};
    for (const std::string& component : vector.components) own.components.push_back(component + suffix);
    vectors_.push_back(std::move(own));
  }
  for (const Equation& equation : other.equations_) {
    equations_.push_back({equation.name + suffix, renamed(equation.residual)});
  }
  for (const Balance& balance : other.balances_) {
    Balance own{balance.name + suffix,
                {renamed(balance.flux[0]), renamed(balance.flux[1]), renamed(balance.flux[2])},
                renamed(balance.density),
                renamed(balance.source),
                {}};
    for (const Share& share : balance.shares) {
      own.shares.push_back({share.equation + suffix, renamed(share.factor)});
    }
    balances_.push_back(std::move(own));
  }
}

void System::sort_equations(const std::vector<std::string>& regions) {
  const auto place = [&](const Equation& equation) {
    return std::find(regions.begin(), regions.end(), region_of(equation.residual)) - regions.begin();
  };
  std::stable_sort(equations_.begin(), equations_.end(),
                   [&](const Equation& a, const Equation& b) { return place(a) < place(b); });
}

void System::add_source(const std::string& equation, const Expression& source) {
  const auto named = std::find_if(equations_.begin(), equations_.end(),
                                  [&](const Equation& candidate) { return candidate.name == equation; });
  if (named == equations_.end()) throw std::out_of_range("no equation '" + equation + "'");
  named->residual = named->residual - source;
  for (Balance& balance : balances_) {
    for (const Share& share : balance.shares) {
      if (share.equation == equation) balance.source = balance.source + share.factor * source;
    }
  }
}

std::vector<std::string> System::replace_equation(const std::string& name, const Expression& residual) {
  const auto named = std::find_if(equations_.begin(), equations_.end(),
                                  [&](const Equation& equation) { return equation.name == name; });
  if (named == equations_.end()) {
    equations_.push_back({name, residual});
    return {};
  }
  named->residual = residual;
  std::vector<std::string> dropped;
  std::erase_if(balances_, [&](const Balance& balance) {
    const bool rests = std::any_of(balance.shares.begin(), balance.shares.end(),
                                   [&](const Share& share) { return share.equation == name; });
    if (rests) dropped.push_back(balance.name);
    return rests;
  });
  return dropped;
}

void System::forget_equation(const std::string& name) {
  std::erase_if(equations_, [&](const Equation& equation) { return equation.name == name; });
  for (Balance& balance : balances_) {
    std::erase_if(balance.shares, [&](const Share& share) { return share.equation == name; });
  }
}

void System::add_balance(Balance balance) {
  std::erase_if(balances_, [&](const Balance& other) { return other.name == balance.name; });
  balances_.push_back(std::move(balance));
}

void System::forget_unused_constants() {
  std::set<std::string> used;
  const auto look = [&](const Expression& expression) {
    for (const Expression& leaf : leaves(expression)) {
      if (leaf.kind() == Expression::Kind::parameter) used.insert(leaf.name());
    }
  };
  for (const Equation& equation : equations_) look(equation.residual);
  for (const Balance& balance : balances_) {
    for (const Expression& flux : balance.flux) look(flux);
    look(balance.density);
    look(balance.source);
  }
  std::erase_if(constants_, [&](const Constant& constant) { return !used.contains(constant.name); });
}

bool System::has_field(const std::string& name) const {
  return std::any_of(fields_.begin(), fields_.end(), [&](const Field& field) { return field.name == name; });
}

const System::Field& System::field_named(const std::string& name) const {
  for (const Field& field : fields_) {
    if (field.name == name) return field;
  }
  throw std::out_of_range("no field '" + name + "'");
}

}  // namespace nusselt
