#include "solver/case/quantities.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <set>

#include "nondim/quantity.hpp"
#include "solver/case/balancing_rules.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/did_you_mean.hpp"
#include "solver/case/formulas.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

// A reference belongs to a case when the constants agree to rounding of their formulas.
constexpr double same_constant = 1e-9;

bool agree(double a, double b) { return std::abs(a - b) <= same_constant * std::max(std::abs(a), std::abs(b)); }

/// Data files stand in the case's folder; nothing outside of it is read.
std::filesystem::path data_file(const Node& node, const std::string& key, const std::string& folder) {
  const std::filesystem::path relative(node.text);
  bool outside = relative.is_absolute();
  for (const auto& part : relative) outside = outside || part == "..";
  if (outside) {
    throw InputError(node.place, key + ": " + quote(node.text) + " leaves the folder of the case",
                     "put the file into the case's folder and give its path from there");
  }
  return std::filesystem::path(folder) / relative;
}

/// The verdict never rests on a reference, so a case runs without it, and says so once.
std::optional<CsvTable> reference_table(const Node& node, const std::string& key, const std::string& folder,
                                        std::vector<std::string>& notes) {
  const std::filesystem::path file = data_file(node, key, folder);
  if (std::filesystem::exists(file)) return CsvTable::read(file);
  const std::string note = "the reference file " + file.string() + " is missing: nothing is compared with it";
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
  return std::nullopt;
}

/// Whether the constants of the case have the values that `where` asks for. An entry may be a formula of constants.
bool holds(const Node* where, const std::string& key, const Constants& constants, std::string& why_not) {
  if (where == nullptr) return true;
  for (const Entry& entry : where->entries) {
    const Constant* constant = constants.find(entry.key);
    if (constant == nullptr) {
      std::vector<std::string> names;
      for (const Constant& other : constants.all()) names.push_back(other.name);
      const std::string near = did_you_mean(entry.key, names);
      throw InputError(entry.key_place, key + ": " + quote(entry.key) + " is not a constant",
                       near.empty() ? "" : "did you mean " + near + "?");
    }
    const double wanted = constants.value_of(entry.value, key + "." + entry.key, constant->dimension);
    if (!agree(constant->si, wanted)) {
      why_not = "it is for " + entry.key + " = " + entry.value.text + ", the case has " + to_string(constant->si);
      return false;
    }
  }
  return true;
}

Dimension dimension_of_column(const CsvTable& table, const std::string& name) {
  const std::string& unit = table.column(name).unit;
  if (unit.empty()) return Dimension();
  try {
    return parse_unit(unit).dimension;
  } catch (const TextError&) {
    return Dimension();  // reading the column says what is wrong with its unit, and where
  }
}

/// The cell of `column`, in SI, in the row whose other columns equal constants of the case; nothing when no row does.
std::optional<double> look_up(const CsvTable& table, const Node& root, const std::string& key,
                              const Constants& constants, const Dimension& dimension) {
  const std::vector<double> column = table.in_si(require(root, key + ".column").text, dimension);
  std::vector<std::pair<std::vector<double>, double>> wanted;
  if (const Node* where = root.find_path(key + ".where")) {
    for (const Entry& entry : where->entries) {
      const Dimension other = dimension_of_column(table, entry.key);
      std::vector<double> known = table.in_si(entry.key, other);
      wanted.emplace_back(std::move(known), constants.value_of(entry.value, key + ".where." + entry.key, other));
    }
  }
  for (std::size_t row = 0; row < table.rows(); ++row) {
    bool matches = true;
    for (const auto& [other, value] : wanted) matches = matches && agree(other[row], value);
    if (matches) return column[row];
  }
  return std::nullopt;
}

/// An equation's residual is no operand of a formula: it has a size only once it is dimensionless, and then the report
/// has it. Throws TextError.
void refuse_equations(const std::string& text, const System& system, const Scope& scope) {
  const System::Equation* first = nullptr;
  std::size_t first_place = 0;
  const auto letter = [&](std::size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0 || text[i] == '_');
  };
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    while (letter(end)) ++end;
    const std::string name = text.substr(begin, end - begin);
    const auto& equations = system.equations();
    const auto equation = std::ranges::find(equations, name, &System::Equation::name);
    if (equation != equations.end() && !scope.knows(name) && !scope.functions.contains(name)) {
      if (first != nullptr && first->residual.dimension() != equation->residual.dimension()) {
        throw TextError(cannot_average(first->name, first->residual.dimension(), name, equation->residual.dimension()),
                        begin, "the report has the root mean square of every residual, dimensionless");
      }
      if (first == nullptr) {
        first = &*equation;
        first_place = begin;
      }
    }
    begin = std::max(end, begin + 1);
  }
  if (first == nullptr) return;
  throw TextError("'" + first->name + "' is an equation and has no value of its own", first_place,
                  "the report has the root mean square of its residual, dimensionless; a formula may have its terms");
}

Scope output_scope(const Node& root, const System& system, const Box& box, const Constants& constants) {
  Scope scope = case_scope(root, system, constants);
  scope.faces = box.face_names();
  return scope;
}

void require_inside(const LineExtremum& extremum, const Box& box, const Constants& constants) {
  for (const auto& [axis, position] : extremum.positions) {
    const double si = constant_value(position, constants);
    if (si >= box.lower[axis] && si <= box.upper[axis]) continue;
    throw TextError(std::string("the line ") + axis_names[axis] + " = " + to_string(si) + " lies outside of the domain",
                    0,
                    std::string(axis_names[axis]) + " goes from " + to_string(box.lower[axis]) + " to " +
                        to_string(box.upper[axis]) + " in SI");
  }
}

}  // namespace

std::vector<DerivedField> read_outputs(const Node& root, const System& system, const Constants& constants) {
  std::vector<DerivedField> outputs;
  const Node* section = root.find("outputs");
  if (section == nullptr) return outputs;
  const Scope scope = case_scope(root, system, constants);
  std::set<std::string> columns;  // of a table: a vector has one for each component
  for (const System::Field& field : system.fields()) columns.insert(field.name);
  for (const Entry& entry : section->entries) {
    const std::string key = "outputs." + entry.key;
    require_usable_name(entry, "outputs");
    // Velocities are written together under that name.
    bool written = entry.key == "velocity" || system.has_field(entry.key);
    for (const System::Vector& vector : system.vectors()) written = written || vector.name == entry.key;
    if (written) {
      throw InputError(entry.key_place, key + ": a field has that name and is written anyway", "choose another name");
    }
    try {
      refuse_equations(entry.value.text, system, scope);
      const SpaceTensor value = parse_tensor(entry.value.text, scope).value;
      if (value.rank > 1) {
        throw TextError("an output is a scalar or a vector, got " + rank_in_words(value), 0, "write its components");
      }
      for (const Expression& part : value.parts) require_derivatives(part, 0);
      for (std::size_t i = 0; i < value.parts.size(); ++i) {
        const std::string column =
            value.is_scalar() ? entry.key : entry.key + "_" + axis_names[space_axes(system.axes())[i]];
        if (columns.insert(column).second) continue;
        throw InputError(entry.key_place, key + ": " + column + " is the name of another column already",
                         "a vector has one column for each component; choose another name");
      }
      outputs.push_back({entry.key, value});
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
  }
  return outputs;
}

std::vector<AskedQuantity> read_quantities(const Node& root, const System& system, const Box& box,
                                           const Constants& constants, const std::string& folder,
                                           std::vector<std::string>& notes) {
  std::vector<AskedQuantity> quantities;
  const Node* section = root.find("quantities");
  if (section == nullptr) return quantities;
  const Scope scope = output_scope(root, system, box, constants);
  for (const Entry& entry : section->entries) {
    const std::string key = "quantities." + entry.key;
    const Node& value = entry.value.is_map() ? require(root, key + ".value") : entry.value;
    AskedQuantity quantity{entry.key, {Expression::zero(), {}, {}}, "", 1, std::nullopt, ""};
    try {
      refuse_equations(value.text, system, scope);
      quantity.formula = parse_formula(value.text, scope);
      for (const Expression& leaf : leaves(quantity.formula.expression)) {
        if (leaf.kind() == Expression::Kind::field || leaf.kind() == Expression::Kind::coordinate) {
          throw TextError("a quantity is one number, but " + to_string(leaf) + " varies from point to point", 0,
                          "take mean(..., face) or integral(..., face) of it, or min or max along a line, "
                          "max(..., x = position)");
        }
      }
      for (const LineExtremum& extremum : quantity.formula.extrema) {
        require_inside(extremum, box, constants);
        require_derivatives(extremum.along_line, 0);
      }
      for (const SurfaceFunctional& functional : quantity.formula.functionals) {
        require_derivatives(functional.integrand, 0);
      }
    } catch (const TextError& error) {
      throw located(error, value, key);
    }
    quantity.unit = quantity.formula.expression.dimension().unit();
    if (const Node* unit = entry.value.find("unit")) {
      try {
        const Unit parsed = parse_unit(unit->text);
        if (parsed.dimension != quantity.formula.expression.dimension()) {
          throw TextError(
              "expected a unit of " + quantity.formula.expression.dimension().describe() + ", got " + quote(unit->text),
              0);
        }
        if (parsed.level()) {
          throw TextError(quote(unit->text) + " is a scale of levels, and a quantity may be a difference", 0,
                          "write K or a multiple of it");
        }
        quantity.unit = unit->text;
        quantity.unit_factor = parsed.factor;
      } catch (const TextError& error) {
        throw located(error, *unit, key + ".unit");
      }
    }
    if (entry.value.find("reference") != nullptr) {
      const std::string reference_key = key + ".reference";
      const Node& file = require(root, reference_key + ".file");
      const std::optional<CsvTable> table = reference_table(file, reference_key + ".file", folder, notes);
      const Dimension& dimension = quantity.formula.expression.dimension();
      const std::optional<double> si =
          table ? look_up(*table, root, reference_key, constants, dimension) : std::nullopt;
      if (si) {
        quantity.reference = *si / quantity.unit_factor;
        quantity.source = file.text;
      }
    }
    quantities.push_back(std::move(quantity));
  }
  return quantities;
}

std::optional<ReferenceFields> read_reference_fields(const Node& root, const System& system, const Box& box,
                                                     const Constants& constants, const std::string& folder,
                                                     std::vector<std::string>& notes) {
  const Node* section = root.find_path("reference.fields");
  if (section == nullptr) return std::nullopt;
  const Node& file = require(root, "reference.fields.file");
  std::string why_not;
  if (!holds(section->find("where"), "reference.fields.where", constants, why_not)) {
    notes.push_back("the reference fields of " + file.text + " are not used: " + why_not);
    return std::nullopt;
  }
  const std::optional<CsvTable> found = reference_table(file, "reference.fields.file", folder, notes);
  if (!found) return std::nullopt;
  const CsvTable& table = *found;
  // The columns are plain numbers; the formulas of the case give them their meaning.
  Scope scope = constants.scope();
  for (const CsvColumn& column : table.columns()) {
    scope.names.insert_or_assign(column.name, Expression::column(column.name, Dimension()));
  }
  ReferenceFields reference{file.text, {}, {}};
  const Node& formulas = require(root, "reference.fields.fields");
  const auto evaluated = [&](const Node& node, const std::string& name, const Dimension& dimension) {
    std::vector<double> values;
    try {
      const Expression formula = parse_formula(node.text, scope).expression;
      if (formula.dimension() != dimension) {
        throw TextError("expected " + dimension.describe() + ", got " + formula.dimension().describe(), 0);
      }
      for (std::size_t row = 0; row < table.rows(); ++row) {
        values.push_back(evaluate(formula, [&](const Expression& leaf) {
          return leaf.kind() == Expression::Kind::column ? table.column(leaf.name()).values[row]
                                                         : constant_value(leaf, constants);
        }));
      }
    } catch (const TextError& error) {
      throw located(error, node, "reference.fields.fields." + name);
    }
    return values;
  };
  for (Axis axis : box.active_axes()) {
    const Node* node = formulas.find(axis_names[axis]);
    if (node == nullptr) {
      throw InputError(formulas.place,
                       std::string("reference.fields.fields: no formula for the coordinate ") + axis_names[axis],
                       std::string("add `") + axis_names[axis] + ": ...`, for example a column times a length");
    }
    reference.points.push_back(evaluated(*node, axis_names[axis], system.coordinate(axis).dimension()));
  }
  for (const Entry& entry : formulas.entries) {
    bool is_axis = false;
    for (Axis axis : box.active_axes()) is_axis = is_axis || entry.key == axis_names[axis];
    if (is_axis) continue;
    bool known = false;
    for (const System::Field& field : system.fields()) {
      if (field.name != entry.key) continue;
      known = true;
      std::vector<double> values = evaluated(entry.value, field.name, field.symbol.dimension());
      if (std::all_of(values.begin(), values.end(), [](double value) { return value == 0; })) {
        notes.push_back("the reference of " + field.name + " is zero everywhere: there is no relative error to tell");
        continue;
      }
      reference.values.push_back({field.name, std::move(values)});
    }
    if (!known) {
      throw InputError(entry.key_place, "reference.fields.fields: " + quote(entry.key) + " is no field of the case");
    }
  }
  return reference;
}

}  // namespace nusselt
