// Longer than a usual file: each way to scale a case is a paragraph, and they share what the case knows.
#include "solver/case/scaling.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

#include "nondim/scale_choice.hpp"
#include "nondim/did_you_mean.hpp"
#include "solver/case/given_ranges.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/roles.hpp"

namespace nusselt {

namespace {

struct RolePower {
  const char* role;
  Rational exponent;
};
struct Step {
  const char* target;  // U or P
  std::vector<RolePower> powers;
};
/// A scaling by name. Of the alternatives the first holds for which the conditions give what is in `given`.
struct Alternative {
  const char* given;  // U, P, or nothing
  std::vector<Step> steps;
};
struct Preset {
  const char* name;
  std::vector<Alternative> alternatives;
};

const std::vector<Preset>& presets() {
  const Rational half(1, 2);
  const Step inertia = {"P", {{"rho", 1}, {"U", 2}}};
  const Step friction = {"P", {{"mu", 1}, {"U", 1}, {"L", -1}}};
  const Step resistance = {"P", {{"mu", 1}, {"U", 1}, {"L", 1}, {"K", -1}}};
  static const std::vector<Preset> all = {
      {"free_fall", {{"", {{"U", {{"g", half}, {"beta", half}, {"dT", half}, {"L", half}}}, inertia}}}},
      {"convective",
       {{"",
         {{"U", {{"g", half}, {"beta", half}, {"dT", half}, {"L", half}, {"alpha", half}, {"nu", -half}}}, inertia}}}},
      {"thermal_diffusive", {{"", {{"U", {{"alpha", 1}, {"L", -1}}}, inertia}}}},
      {"viscous", {{"", {{"U", {{"nu", 1}, {"L", -1}}}, inertia}}}},
      {"stokes",
       {{"U", {friction}},
        {"P", {{"U", {{"P", 1}, {"L", 1}, {"mu", -1}}}}},
        {"", {{"U", {{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 2}, {"nu", -1}}}, friction}}}},
      {"darcy",
       {{"P", {{"U", {{"K", 1}, {"P", 1}, {"mu", -1}, {"L", -1}}}}},
        {"U", {resistance}},
        {"", {{"U", {{"K", 1}, {"g", 1}, {"beta", 1}, {"dT", 1}, {"nu", -1}}}, resistance}}}},
      {"forced", {{"U", {inertia}}}},
  };
  return all;
}

/// The letter that stands for the reference of a dimension; empty where there is none.
std::string letter_of(const Dimension& dimension) {
  for (const char* letter : {"L", "U", "P", "dT"}) {
    if (dimension == role_dimension(letter)) return letter;
  }
  return dimension == dimension_of<Time>() ? "t_ref" : "";
}

bool equal(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b)); }

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += words[i];
  }
  return text;
}

class ScaleReader {
 public:
  explicit ScaleReader(const ScalingInput& input)
      : root_(input.root),
        system_(input.system),
        box_(input.domain.box()),
        constants_(input.constants),
        ranges_(given_ranges(input.system, input.domain, input.constants, input.conditions)) {
    std::set<std::string> seen;
    for (const Condition& condition : input.conditions) {
      if (!condition.field && seen.insert(condition.name).second) {
        conditions_.push_back({condition.name, condition.residual});
      }
    }
    for (const System::Equation& equation : system_.equations()) {
      equations_.push_back({equation.name, equation.residual});
    }
  }

  Scaling read(const std::string& name) {
    Scaling result = without_fields(name);
    std::map<std::string, Reference> fields = name == "si" ? std::map<std::string, Reference>() : own_scales();
    if (name != "si" && name != "references") add_traces(result.scales, fields);
    result.scales = Scales(result.scales.references(), level_, std::move(fields));
    return result;
  }

 private:
  Scaling without_fields(const std::string& name) {
    const Node* given = root_.find_path("scales.temperature_level");
    const Dimension temperature = Dimension::of(Dimension::temperature);
    level_ = given != nullptr ? constants_.value_of(*given, "scales.temperature_level", temperature)
             : name == "si"   ? 0
                              : middle_temperature();
    if (name == "references") return {name, references_only(), {}};
    Scaling result{name, name == "si" ? si() : chosen(name), {}};
    if (root_.find_path("scales.references") != nullptr && name != "balances") {
      result.notes.push_back("scales.references is not used: scaling is " + name);
    }
    if (root_.find_path("scales.fields") != nullptr && name == "si") {
      result.notes.push_back("scales.fields is not used: scaling is si");
    }
    if (root_.find_path("scales.balances") != nullptr && name != "balances" && name != "auto") {
      result.notes.push_back("scales.balances is not used: scaling is " + name);
    }
    return result;
  }

  // What the case gives.

  std::vector<Reference> given_references() const {
    const std::vector<std::string> names = read_names(root_, "scales.references");
    std::vector<Reference> references;
    for (std::size_t i = 0; i < names.size(); ++i) {
      const Constant* constant = constants_.find(names[i]);
      if (constant == nullptr) {
        std::vector<std::string> known;
        for (const Constant& other : constants_.all()) known.push_back(other.name);
        const std::string near = did_you_mean(names[i], known);
        throw InputError(place_of_reference(static_cast<int>(i)),
                         "scales.references: " + quote(names[i]) + " is not a constant",
                         near.empty() ? "define it under constants" : "did you mean " + near + "?");
      }
      if (constant->temperature == TemperatureKind::level) {
        throw InputError(place_of_reference(static_cast<int>(i)),
                         "scales.references: " + names[i] + " is a temperature level (" + constant->text +
                             "), a scale must be a difference",
                         "write a difference in K, or a formula such as T_hot - T_cold");
      }
      references.push_back(reference_of(*constant));
    }
    return references;
  }

  Place place_of_reference(int i) const {
    const Node& list = require(root_, "scales.references");
    return list.is_list() && i >= 0 ? list.items[i].place : list.place;
  }

  Scales references_only() const {
    try {
      return Scales(given_references(), level_);
    } catch (const ScaleError& error) {
      throw InputError(place_of_reference(error.reference()), std::string("scales.references: ") + error.what());
    }
  }

  Reference reference_of(const Constant& constant) const {
    return {constant.name, constant.si, constant.dimension, constant.text, definition_of(constant.text)};
  }

  /// A formula as a product of constants without a number in front.
  std::optional<Monomial> definition_of(const std::string& formula) const {
    const Expression expression = parse_formula(formula, constants_.scope()).expression;
    std::optional<Monomial> product = power_product_of(expression);
    if (product && number_of(expression) != 1) product.reset();
    return product;
  }

  double middle_temperature() const {
    double lowest = INFINITY;
    double highest = -INFINITY;
    for (const GivenRange& range : ranges_) {
      if (dimension_of_field(range.field) != Dimension::of(Dimension::temperature)) continue;
      lowest = std::min(lowest, range.lowest);
      highest = std::max(highest, range.highest);
    }
    return lowest <= highest ? std::max(0.0, lowest + (highest - lowest) / 2) : 0;
  }

  const Dimension& dimension_of_field(const std::string& field) const {
    return system_.field_named(field).symbol.dimension();
  }

  // Names.

  std::string free_name(const std::string& wanted, const std::vector<Reference>& taken) const {
    const auto is_taken = [&](const std::string& name) {
      return constants_.find(name) != nullptr ||
             std::any_of(taken.begin(), taken.end(), [&](const Reference& other) { return other.name == name; });
    };
    std::string name = wanted;
    if (is_taken(name) && !name.ends_with("_ref")) name += "_ref";
    while (is_taken(name)) name += "_";
    return name;
  }

  // What is known before the equations are looked at.

  /// The constant L where it is of the size of the box, else the smallest extent in space.
  Reference length() const {
    double extent = INFINITY;
    for (const Axis axis : box_.active_axes()) {
      if (axis != axis_t) extent = std::min(extent, box_.upper[axis] - box_.lower[axis]);
    }
    const Constant* named = constants_.find("L");
    if (named != nullptr && named->dimension == dimension_of<Length>() && named->si > extent / 10 &&
        named->si < extent * 10) {
      return reference_of(*named);
    }
    return measured("L", dimension_of<Length>(), extent, "smallest extent of the box");
  }

  /// A number that was found, under the name of the constant that has this value where there is one.
  Reference measured(const std::string& name, const Dimension& dimension, double si, const std::string& origin) const {
    const Constant* found = constants_.find(name);
    const auto fits = [&](const Constant& c) {
      return c.dimension == dimension && c.temperature != TemperatureKind::level && equal(c.si, si);
    };
    for (const Constant& constant : constants_.all()) {
      if (found == nullptr || !fits(*found)) found = &constant;
    }
    if (found == nullptr || !fits(*found)) return {free_name(name, {}), si, dimension, origin};
    Reference reference = reference_of(*found);
    reference.formula += ", " + origin;
    return reference;
  }

  std::optional<Reference> temperature_difference() const {
    double lowest = INFINITY;
    double highest = -INFINITY;
    for (const GivenRange& range : ranges_) {
      if (dimension_of_field(range.field) != dimension_of<Temperature>()) continue;
      lowest = std::min(lowest, range.lowest);
      highest = std::max(highest, range.highest);
    }
    if (highest - lowest > 1e-9 * std::abs(highest)) {
      return measured("dT", dimension_of<Temperature>(), highest - lowest, "range of temperature in the conditions");
    }
    const Constant* named = constants_.find("dT");
    if (named != nullptr && named->dimension == dimension_of<Temperature>() &&
        named->temperature != TemperatureKind::level && named->si > 0) {
      return reference_of(*named);
    }
    return std::nullopt;
  }

  bool only_differentiated(const std::string& field) const {
    for (const System::Equation& equation : system_.equations()) {
      for (const Expression& leaf : leaves(equation.residual)) {
        if (leaf.kind() == Expression::Kind::field && leaf.name() == field && leaf.order() == 0) return false;
      }
    }
    return true;
  }

  /// What the conditions say about fields of a dimension other than temperature.
  std::optional<Reference> given_size(const Dimension& dimension) const {
    std::vector<GivenRange> of_dimension;
    for (const GivenRange& range : ranges_) {
      if (dimension_of_field(range.field) == dimension) of_dimension.push_back(range);
    }
    if (of_dimension.empty()) return std::nullopt;
    const std::string letter = letter_of(dimension);
    return size_of(of_dimension, dimension, letter.empty() ? of_dimension.front().field + "_ref" : letter);
  }

  std::optional<Reference> size_of(const std::vector<GivenRange>& ranges, const Dimension& dimension,
                                   const std::string& name) const {
    double largest = 0;
    std::set<std::string> mentioned;
    std::string fields;
    for (const GivenRange& range : ranges) {
      // Of a field that counts by its differences alone, such as a pressure, the level says nothing.
      const double size = only_differentiated(range.field) ? range.highest - range.lowest
                                                           : std::max(std::abs(range.lowest), std::abs(range.highest));
      mentioned.insert(range.constants.begin(), range.constants.end());
      if (size > 0) fields += (fields.empty() ? "" : ", ") + range.field;
      largest = std::max(largest, size);
    }
    if (largest == 0) return std::nullopt;
    const std::string origin = "from the values of " + fields + " in the conditions";
    for (const Constant& constant : constants_.all()) {
      if (!mentioned.contains(constant.name) || constant.dimension != dimension) continue;
      if (constant.si < largest / 3 || constant.si > largest * 3) continue;
      Reference reference = reference_of(constant);
      reference.formula += ", " + origin;
      return reference;
    }
    return measured(name, dimension, largest, origin);
  }

  std::vector<std::pair<std::string, Dimension>> needed() const {
    std::vector<std::pair<std::string, Dimension>> all = {{"L", dimension_of<Length>()}};
    for (const System::Field& field : system_.fields()) {
      const std::string letter = letter_of(field.symbol.dimension());
      all.emplace_back(letter.empty() ? field.name + "_ref" : letter, field.symbol.dimension());
    }
    if (system_.is_transient()) all.emplace_back("t_ref", dimension_of<Time>());
    return all;
  }

  static bool reaches(const std::vector<Reference>& references, const Dimension& dimension) {
    return dimension.is_dimensionless() || Scales(references).reaches(dimension);
  }

  /// Adds a reference where it is new to the dimensions of those before.
  static void add(std::vector<Reference>& references, const std::optional<Reference>& reference) {
    if (reference && !reaches(references, reference->dimension)) references.push_back(*reference);
  }

  std::vector<Reference> open_references(const std::vector<Reference>& known) const {
    std::vector<Reference> all = known;
    std::vector<Reference> open;
    for (const auto& [name, dimension] : needed()) {
      if (reaches(all, dimension)) continue;
      open.push_back({free_name(name, all), 1, dimension, ""});
      all.push_back(open.back());
    }
    return open;
  }

  ConstantValues values_with(const std::vector<Reference>& references) const {
    ConstantValues values = constants_.values();
    for (const Reference& reference : references) values.emplace(reference.name, reference.si);
    return values;
  }

  // The ways to choose.

  Scales si() const {
    std::set<std::size_t> bases;
    const auto take = [&bases](const Dimension& dimension) {
      for (std::size_t i = 0; i < Dimension::base_count; ++i) {
        if (dimension[i] != 0) bases.insert(i);
      }
    };
    for (const auto& [name, dimension] : needed()) take(dimension);
    for (const System::Constant& constant : system_.constants()) take(constant.dimension);
    static const char* const names[] = {"metre", "kilogram", "second", "ampere", "kelvin", "mole", "candela"};
    std::vector<Reference> references;
    for (const std::size_t i : bases) {
      const Dimension dimension = Dimension::of(static_cast<Dimension::Base>(i));
      references.push_back({free_name(names[i], references), 1, dimension, "one SI unit", Monomial()});
    }
    return Scales(std::move(references), level_);
  }

  Scales chosen(const std::string& name) const {
    std::vector<Reference> known;
    try {
      const bool listed = name == "balances" && root_.find_path("scales.references") != nullptr;
      if (listed) {
        known = references_only().references();
      } else {
        known.push_back(length());
        const auto is_temperature = [](const auto& entry) { return entry.second == dimension_of<Temperature>(); };
        const auto all = needed();
        if (std::any_of(all.begin(), all.end(), is_temperature)) add(known, temperature_difference());
        for (const Preset& preset : presets()) {
          if (name == preset.name) add_steps(preset, known);
        }
        for (const System::Field& field : system_.fields()) {
          if (field.symbol.dimension() != dimension_of<Temperature>()) add(known, given_size(field.symbol.dimension()));
        }
      }
      if (name == "balances" || name == "auto") add_balanced(known, name == "balances");
      return Scales(completed(known), level_);
    } catch (const ScaleError& error) {
      throw InputError(scaling_node(root_).place, "scaling: " + name + ": " + error.what(),
                       "give scales.references: constants that shall be the units of this case");
    }
  }

  /// With the references that the equations fix. Functions may need the scale of more than fields and coordinates have:
  /// there a constant of the equations serves.
  std::vector<Reference> completed(std::vector<Reference> known) const {
    while (true) {
      try {
        return renamed(
            choose_references(conditions_, equations_, known, open_references(known), level_, constants_.values()));
      } catch (const ScaleError& error) {
        if (error.reference() >= 0) throw;
        std::vector<Reference> all = known;
        for (const Reference& reference : open_references(known)) all.push_back(reference);
        const auto helps = [&](const System::Constant& constant) {
          const Constant* value = constants_.find(constant.name);
          return value->si > 0 && value->temperature != TemperatureKind::level && !reaches(all, value->dimension);
        };
        const auto found = std::find_if(system_.constants().begin(), system_.constants().end(), helps);
        if (found == system_.constants().end()) throw;
        known.push_back(reference_of(*constants_.find(found->name)));
      }
    }
  }

  /// A reference that has the value of the constant it would have been named after takes that name.
  std::vector<Reference> renamed(std::vector<Reference> references) const {
    for (Reference& reference : references) {
      if (!reference.name.ends_with("_ref")) continue;
      const Constant* constant = constants_.find(reference.name.substr(0, reference.name.size() - 4));
      if (constant == nullptr || constant->dimension != reference.dimension || !equal(constant->si, reference.si)) {
        continue;
      }
      const std::string old = reference.name;
      for (Reference& other : references) {
        for (std::size_t at = other.formula.find(old); at != std::string::npos; at = other.formula.find(old)) {
          other.formula.replace(at, old.size(), constant->name);
        }
      }
      reference.name = constant->name;
      reference.si = constant->si;
    }
    return references;
  }

  // Fields with a scale of their own.

  std::map<std::string, Reference> own_scales() const {
    std::map<std::string, Reference> scales;
    const Node* section = root_.find_path("scales.fields");
    if (section == nullptr) return scales;
    for (const Entry& entry : section->entries) {
      const std::string key = "scales.fields." + entry.key;
      std::vector<std::string> fields;
      for (const System::Field& field : system_.fields()) fields.push_back(field.name);
      if (std::find(fields.begin(), fields.end(), entry.key) == fields.end()) {
        const std::string near = did_you_mean(entry.key, fields);
        throw InputError(entry.key_place, key + ": " + quote(entry.key) + " is no field of the case",
                         (near.empty() ? "" : "did you mean " + near + "? ") + "fields: " + joined(fields));
      }
      const Dimension& dimension = dimension_of_field(entry.key);
      const double si = constants_.value_of(entry.value, key, dimension);
      if (!(si > 0)) {
        throw InputError(entry.value.place,
                         key + ": a scale must be positive, got " + to_string(si) + " " + dimension.unit());
      }
      const Constant* constant = constants_.find(entry.value.text);
      if (constant != nullptr && constant->temperature == TemperatureKind::level) {
        throw InputError(entry.value.place, key + ": " + constant->name + " is a temperature level (" + constant->text +
                                                "), a scale must be a difference");
      }
      scales[entry.key] = constant != nullptr ? reference_of(*constant)
                                              : Reference{free_name(entry.key + "_ref", {}), si, dimension,
                                                          entry.value.text, definition_of(entry.value.text)};
    }
    return scales;
  }

  /// Fields whose given values are far from the scale of their dimension. The components of a vector share theirs, and
  /// temperatures their difference.
  void add_traces(const Scales& scales, std::map<std::string, Reference>& fields) const {
    constexpr double far = 10;
    for (const GivenRange& range : ranges_) {
      const Dimension& dimension = dimension_of_field(range.field);
      if (dimension == dimension_of<Velocity>() || dimension == dimension_of<Temperature>()) continue;
      if (fields.contains(range.field)) continue;
      const std::optional<Reference> size = size_of({range}, dimension, range.field + "_ref");
      if (!size) continue;
      const double usual = scales.of(dimension);
      if (size->si < usual / far || size->si > usual * far) fields[range.field] = *size;
    }
  }

  // Named scalings.

  void add_steps(const Preset& preset, std::vector<Reference>& known) const {
    const std::string subject = std::string("scaling: ") + preset.name;
    std::map<std::string, Monomial> roles = constant_roles(system_);
    const auto play = [&roles](const Reference& reference) {
      for (const char* letter : {"L", "U", "P", "dT"}) {
        if (reference.dimension == role_dimension(letter)) roles[letter] = {{reference.name, Rational(1)}};
      }
    };
    for (const Reference& reference : known) play(reference);
    const Alternative* alternative = nullptr;
    for (const Alternative& candidate : preset.alternatives) {
      const std::string given = candidate.given;
      if (alternative != nullptr) break;
      if (given.empty()) {
        alternative = &candidate;
      } else if (const auto size = given_size(role_dimension(given))) {
        alternative = &candidate;
        add(known, size);
        play(known.back());
      }
    }
    if (alternative == nullptr) {
      throw InputError(scaling_node(root_).place, subject + " needs a velocity, and the conditions give none but zero",
                       "give one in the conditions, or scales.references");
    }
    if (open_references(known).empty()) return;
    for (const Step& step : alternative->steps) {
      const Dimension target = role_dimension(step.target);
      if (reaches(known, target)) continue;
      std::vector<Reference> all = known;
      for (const Reference& open : open_references(known)) all.push_back(open);
      if (!reaches(all, target)) {
        if (std::string(step.target) == "P") continue;
        throw InputError(scaling_node(root_).place, subject + " sets a velocity, and nothing in the case needs one");
      }
      known.push_back(step_reference(step, subject, roles, known));
      play(known.back());
    }
  }

  Reference step_reference(const Step& step, const std::string& subject, const std::map<std::string, Monomial>& roles,
                           const std::vector<Reference>& known) const {
    Monomial product;
    for (const auto& [role, exponent] : step.powers) {
      const std::optional<Monomial> played = played_by(role, roles);
      if (!played) refuse_role(role, subject);
      product = product * power(*played, exponent);
    }
    const ConstantValues values = values_with(known);
    double si = 1;
    for (const auto& [name, exponent] : product) si *= std::pow(values.at(name), to_double(exponent));
    return {free_name(step.target, known), si, role_dimension(step.target), to_string(product), product};
  }

  [[noreturn]] void refuse_role(const std::string& role, const std::string& subject) const {
    const Dimension dimension = role_dimension(role);
    const std::vector<std::string> candidates = candidates_for(role, system_);
    const std::string what = subject + " needs " + role + ", " + dimension.describe() + ", and ";
    if (role == "dT") {
      throw InputError(scaling_node(root_).place, what + "the conditions give no two temperatures",
                       "define a constant dT, a difference, or give scales.references");
    }
    if (candidates.empty()) {
      throw InputError(scaling_node(root_).place, what + "no constant of the equations is it",
                       "choose another scaling, or give scales.references");
    }
    throw InputError(
        scaling_node(root_).place,
        what + "it is not clear whether " + joined(candidates) + (candidates.size() > 1 ? " are" : " is") + " meant",
        "give the constant the name " + role + ", or give scales.references");
  }

  // Declared balances.

  void add_balanced(std::vector<Reference>& known, bool all_of_them) const {
    const std::vector<Reference> open = open_references(known);
    const Node* list = root_.find_path("scales.balances");
    std::vector<std::string> names;
    for (const Reference& reference : open) names.push_back(reference.name);
    if (list == nullptr) {
      if (!all_of_them) return;
      throw InputError(scaling_node(root_).place, "scaling: balances needs scales.balances",
                       "for example `balances: [rho*U^2 = P]`; open are " + joined(names));
    }
    Scope scope = constants_.scope();
    for (const std::vector<Reference>* group : {&std::as_const(known), &open}) {
      for (const Reference& reference : *group) {
        scope.names.insert_or_assign(reference.name, Expression::parameter(reference.name, reference.dimension));
      }
    }
    std::vector<Balance> balances;
    std::vector<const Node*> nodes;
    if (!list->is_list()) nodes.push_back(list);
    for (const Node& item : list->items) nodes.push_back(&item);
    for (std::size_t i = 0; i < nodes.size(); ++i) balances.push_back(read_balance(*nodes[i], i, scope, names));
    const ConstantValues values = values_with(known);
    std::vector<Reference> decided;
    try {
      decided = balanced_references(balances, open, values);
    } catch (const ScaleError& error) {
      throw InputError(nodes[error.reference()]->place,
                       std::string("scales.balances: over-determined: ") + error.what(),
                       "leave it out; what they decide is " + joined(names));
    }
    std::vector<std::string> left = names;
    for (const Reference& reference : decided) {
      std::erase(left, reference.name);
      known.push_back(reference);
    }
    if (all_of_them && !left.empty()) {
      throw InputError(list->place, "scales.balances: under-determined: they leave " + joined(left) + " open",
                       "one more balance for each, or `scaling: auto`, which completes them from the equations");
    }
  }

  Balance read_balance(const Node& node, std::size_t i, const Scope& scope,
                       const std::vector<std::string>& open) const {
    const std::string key = "scales.balances." + std::to_string(i);
    try {
      parse_equation(node.text, scope);  // for its messages: dimensions, unknown names, no equals sign
      const std::size_t equals = node.text.find('=');
      const Expression left = parse_formula(node.text.substr(0, equals), scope).expression;
      const Expression right = parse_formula(node.text.substr(equals + 1), scope).expression;
      Balance balance{node.text, {}, {}, 1};
      balance.left = product_of(left, 0);
      balance.right = product_of(right, equals + 1);
      balance.number = number_of(left) / number_of(right);
      if (!(balance.number > 0)) throw TextError("the sides of a balance are positive", 0);
      return balance;
    } catch (const TextError& error) {
      const std::string hint = error.hint().empty() ? "open references: " + joined(open) : error.hint();
      throw located(TextError(error.what(), error.offset(), hint), node, key);
    }
  }

  static Monomial product_of(const Expression& side, std::size_t offset) {
    const std::optional<Monomial> product = power_product_of(side);
    if (!product) throw TextError("a balance has one product of constants and references on each side", offset);
    return *product;
  }

  static double number_of(const Expression& side) {
    return evaluate(side, [](const Expression&) { return 1.0; });
  }

  const Node& root_;
  const System& system_;
  const Box& box_;
  const Constants& constants_;
  std::vector<GivenRange> ranges_;
  std::vector<NamedResidual> conditions_;
  std::vector<NamedResidual> equations_;
  double level_ = 0;
};

}  // namespace

std::string scaling_name(const Node& root) {
  if (root.find("scaling") != nullptr) return read_choice(root, "scaling");
  if (root.find_path("scales.balances") != nullptr) return "balances";
  return root.find_path("scales.references") != nullptr ? "references" : "auto";
}

Scaling read_scaling(const ScalingInput& input, const std::string& name) { return ScaleReader(input).read(name); }

std::vector<ScalingSpread> compared_scalings(const ScalingInput& input) {
  std::vector<ScalingSpread> compared;
  ScaleReader reader(input);
  const ConstantValues values = input.constants.values();
  for (const Choice& choice : find_key("scaling")->choices) {
    const bool listed = input.root.find_path("scales." + choice.name) != nullptr;
    if ((choice.name == "references" || choice.name == "balances") && !listed) continue;
    try {
      const Scales scales = reader.read(choice.name).scales;
      double largest = 0;
      for (const System::Equation& equation : input.system.equations()) {
        largest = std::max(largest, spread(nondimensionalize(equation.name, equation.residual, scales, values)));
      }
      compared.push_back({choice.name, largest});
    } catch (const InputError&) {
      // It does not apply here; who asks for it by name is told why.
    } catch (const ScaleError&) {
    } catch (const std::invalid_argument&) {
      // Its coefficients are beyond all numbers.
    }
  }
  return compared;
}

const Node& scaling_node(const Node& root) {
  if (const Node* scaling = root.find("scaling")) return *scaling;
  if (const Node* references = root.find_path("scales.references")) return *references;
  return root;
}

}  // namespace nusselt
