#include "solver/case/references.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "nondim/did_you_mean.hpp"
#include "nondim/quantity.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/formulas.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

// A reference belongs to a case when the constants agree to rounding of their formulas.
constexpr double same_constant = 1e-9;

bool agree(double a, double b) { return std::abs(a - b) <= same_constant * std::max(std::abs(a), std::abs(b)); }

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

void add_values(const std::string& field, std::vector<double> values, ReferenceFields& reference,
                std::vector<std::string>& notes) {
  if (std::all_of(values.begin(), values.end(), [](double value) { return value == 0; })) {
    notes.push_back("the reference of " + field + " is zero everywhere: there is no relative error to tell");
  } else {
    reference.values.push_back({field, std::move(values)});
  }
}

/// Fields as formulas of the coordinates, at the midpoints of a grid.
ReferenceFields exact_fields(const Node& root, const Node& section, const System& system, const Domain& domain,
                             const Constants& constants, const std::optional<double>& bound,
                             std::vector<std::string>& notes) {
  constexpr std::array samples = {201, 41, 15, 9};  // along each axis in one dimension, two, three, four
  const Scope scope = case_scope(root, system, constants);
  const Box& box = domain.box();
  const std::vector<std::array<double, axis_count>> points = box.midpoints(samples[box.dimensions() - 1]);
  ReferenceFields reference{"reference.exact", {}, {}, bound};
  for (const Axis axis : box.active_axes()) {
    reference.points.emplace_back();
    for (const auto& point : points) reference.points.back().push_back(point[axis]);
  }
  for (const Entry& entry : section.entries) {
    const std::string key = "reference.exact." + entry.key;
    if (!system.has_field(entry.key)) {
      std::vector<std::string> names;
      for (const System::Field& field : system.fields()) names.push_back(field.name);
      throw InputError(entry.key_place, key + ": " + quote(entry.key) + " is no field of the case",
                       suggestion(entry.key, names, "fields"));
    }
    const Dimension& dimension = system.field_named(entry.key).symbol.dimension();
    const Region& region = domain.region_named(system.field_named(entry.key).region);
    std::vector<double> values;
    try {
      const Expression formula = parse_formula(entry.value.text, scope).expression;
      if (formula.dimension() != dimension && !formula.is_zero()) {
        throw TextError("expected " + dimension.describe() + ", got " + formula.dimension().describe(), 0);
      }
      for (const Expression& leaf : leaves(formula)) {
        if (leaf.kind() != Expression::Kind::field) continue;
        throw TextError(
            "a known field is a formula of coordinates and constants, but " + to_string(leaf) + " is solved for", 0);
      }
      for (const auto& point : points) {
        values.push_back(evaluate(formula, [&](const Expression& leaf) {
          return leaf.kind() == Expression::Kind::coordinate ? point[leaf.axis()] : constant_value(leaf, constants);
        }));
        // Outside of its region a field is not compared.
        if (!region.contains(point)) values.back() = 0;
        if (!std::isfinite(values.back())) throw TextError("the value is not finite inside the domain", 0);
      }
    } catch (const TextError& error) {
      throw located(error, entry.value, key);
    }
    add_values(entry.key, std::move(values), reference, notes);
  }
  return reference;
}

}  // namespace

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

std::optional<ReferenceValue> read_reference_value(const Node& root, const std::string& key, const Dimension& dimension,
                                                   const Constants& constants, const std::string& folder,
                                                   std::vector<std::string>& notes) {
  if (const Node* value = root.find_path(key + ".value")) {
    if (const Node* file = root.find_path(key + ".file")) {
      throw InputError(file->place, key + ": value and file are two references for the same number",
                       "leave one of them out");
    }
    return ReferenceValue{constants.value_of(*value, key + ".value", dimension), value->text};
  }
  const Node& file = require(root, key + ".file");
  const std::optional<CsvTable> table = reference_table(file, key + ".file", folder, notes);
  if (!table) return std::nullopt;
  const std::optional<double> si = look_up(*table, root, key, constants, dimension);
  if (!si) return std::nullopt;
  return ReferenceValue{*si, file.text};
}

std::optional<ReferenceFields> read_reference_fields(const Node& root, const System& system, const Domain& domain,
                                                     const Constants& constants, const std::string& folder,
                                                     std::vector<std::string>& notes) {
  const Node* bound = root.find_path("reference.bound");
  const std::optional<double> limit =
      bound == nullptr ? std::nullopt : std::optional(read_real(root, "reference.bound"));
  if (const Node* exact = root.find_path("reference.exact")) {
    if (root.find_path("reference.fields") != nullptr) {
      throw InputError(exact->place, "reference: exact and fields are two references for the same fields",
                       "leave one of them out");
    }
    return exact_fields(root, *exact, system, domain, constants, limit, notes);
  }
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
  ReferenceFields reference{file.text, {}, {}, limit};
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
  const Box& box = domain.box();
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
      add_values(field.name, evaluated(entry.value, field.name, field.symbol.dimension()), reference, notes);
    }
    if (!known) {
      throw InputError(entry.key_place, "reference.fields.fields: " + quote(entry.key) + " is no field of the case");
    }
  }
  return reference;
}

}  // namespace nusselt
