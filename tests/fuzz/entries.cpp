#include "tests/fuzz/entries.hpp"

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "nondim/quantity.hpp"
#include "physics/equation_text.hpp"
#include "solver/case/case.hpp"
#include "solver/case/csv.hpp"
#include "solver/case/stl.hpp"

namespace nusselt::fuzz {

namespace {

void require(bool holds, const std::string& promise) {
  if (!holds) throw BrokenPromise(promise);
}

std::vector<std::string> overrides_in(std::string_view text) {
  constexpr std::string_view mark = "# override: ";
  std::vector<std::string> overrides;
  while (text.starts_with(mark)) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    overrides.emplace_back(text.substr(mark.size(), end - mark.size()));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return overrides;
}

/// The unit that a dimension is printed in says the same dimension, and is one of SI.
void require_readable(const Dimension& dimension) {
  try {
    const Unit unit = parse_unit(dimension.unit());
    require(unit.dimension == dimension && std::abs(unit.factor - 1) < 1e-12,
            "'" + dimension.unit() + "' is read back as another unit");
  } catch (const TextError& error) {
    throw BrokenPromise("'" + dimension.unit() + "' is not read back: " + error.what());
  }
}

/// Names of every kind, in a plane and in time.
Scope rich_scope(bool on_face) {
  const Axes axes = {true, true, false, true};
  Scope scope;
  scope.axes = axes;
  scope.on_face = on_face;
  const auto constant = [&](const char* name, const char* unit) {
    scope.names.emplace(name, Expression::parameter(name, parse_unit(unit).dimension));
  };
  constant("L", "m");
  constant("k", "W/(m K)");
  constant("rho", "kg/m^3");
  constant("mu", "Pa s");
  constant("dT", "K");
  constant("Ra", "1");
  for (const Axis axis : {axis_x, axis_y, axis_t}) {
    const Dimension dimension = Dimension::of(axis == axis_t ? Dimension::time : Dimension::length);
    scope.names.emplace(axis_names[axis], Expression::coordinate(axis, dimension));
  }
  scope.names.emplace("T", Expression::field("T", parse_unit("K").dimension, axes));
  scope.names.emplace("u", Expression::field("u", parse_unit("m/s").dimension, axes));
  scope.names.emplace("v", Expression::field("v", parse_unit("m/s").dimension, axes));
  scope.names.emplace("p", Expression::field("p", parse_unit("Pa").dimension, axes));
  return scope;
}

/// Units are read with powers that somebody might write; products in a text may grow beyond.
bool has_readable_dimension(const Dimension& dimension) {
  constexpr int largest_power = 16;
  for (std::size_t base = 0; base < Dimension::base_count; ++base) {
    const Rational& power = dimension[base];
    if (std::abs(power.numerator()) > largest_power || power.denominator() > largest_power) return false;
  }
  return true;
}

/// A printed expression is text of the same language, unless it grew beyond what a text may be.
void require_readable(const Expression& expression, const Scope& scope) {
  if (!has_readable_dimension(expression.dimension())) return;
  const std::string printed = to_string(expression);
  constexpr std::size_t longest_text = 4096;
  if (printed.size() > longest_text / 2) return;
  try {
    const Expression again = parse_formula(printed, scope).expression;
    require(again.is_zero() || expression.is_zero() || again.dimension() == expression.dimension(),
            "'" + printed + "' is read back as another dimension");
  } catch (const TextError& error) {
    throw BrokenPromise("'" + printed + "' is not read back: " + error.what());
  }
}

}  // namespace

bool case_file(std::string_view bytes) {
  try {
    Document document("case.yaml", std::string(bytes));
    for (const std::string& text : overrides_in(bytes)) document.override(text);
    const nlohmann::json resolved = document.resolved();
    require(Document("resolved", resolved.dump()).resolved() == resolved, "the resolved tree is not read back");
    describe(read_case(std::move(document), "no folder"));
    return true;
  } catch (const InputError& error) {
    require(std::strlen(error.what()) < 16384, "a message longer than a page");
    return false;
  }
}

bool quantity(std::string_view bytes) {
  bool accepted = false;
  try {
    const Quantity quantity = parse_quantity(bytes);
    accepted = true;
    require(std::isfinite(quantity.si), "a quantity that is not finite");
    require_readable(quantity.dimension);
  } catch (const TextError& error) {
    require(error.offset() <= bytes.size(), "a place outside of the text");
  }
  try {
    const Unit unit = parse_unit(bytes);
    accepted = true;
    require(std::isfinite(unit.factor) && unit.factor > 0, "a unit without a size");
    require_readable(unit.dimension);
  } catch (const TextError& error) {
    require(error.offset() <= bytes.size(), "a place outside of the text");
  }
  return accepted;
}

bool equation(std::string_view bytes) {
  bool accepted = false;
  static const Scope face = rich_scope(true);
  static const Scope inside = rich_scope(false);
  static const Scope outputs = [] {
    Scope scope = rich_scope(false);
    scope.faces = {"x-", "x+", "y-", "y+", "t-", "t+"};
    return scope;
  }();
  const auto attempt = [&](const auto& parse) {
    try {
      parse();
      accepted = true;
    } catch (const TextError& error) {
      require(error.offset() <= bytes.size(), "a place outside of the text");
    }
  };
  attempt([&] {
    const Expression formula = parse_formula(bytes, inside).expression;
    require_readable(formula, inside);
  });
  attempt([&] { parse_formula(bytes, outputs); });
  attempt([&] { parse_equation(bytes, face); });
  mentioned_names(bytes);
  return accepted;
}

bool csv(std::string_view bytes) {
  try {
    const CsvTable table = CsvTable::parse(bytes, "table.csv");
    for (const CsvColumn& column : table.columns()) {
      require(column.values.size() == table.rows(), "columns of unlike length");
      require(&table.column(column.name) == &column, "a column that its name does not find");
      try {
        for (const double value : table.in_si(column.name, parse_unit(column.unit).dimension)) {
          require(std::isfinite(value), "a value in SI that is not finite");
        }
      } catch (const TextError&) {   // no unit: refused where it is asked for
      } catch (const InputError&) {  // beyond the range of numbers
      }
    }
    const CsvTable again = CsvTable::parse(csv_bytes(table.columns()), "written.csv");
    require(again.columns().size() == table.columns().size(), "other columns after writing and reading");
    for (std::size_t i = 0; i < table.columns().size(); ++i) {
      require(again.columns()[i].values == table.columns()[i].values, "other values after writing and reading");
    }
    return true;
  } catch (const InputError&) {
    return false;
  }
}

bool stl(std::string_view bytes) {
  try {
    std::vector<std::string> notes;
    const Shape shape = stl_shape(parse_stl(bytes, "part.stl"), 1e-3, "part.stl", notes);
    require(std::isfinite(shape.measure()) && shape.measure() > 0, "a solid without a volume");
    const auto [lower, upper] = shape.bounds();
    require(std::isfinite(shape.distance(lower)) && std::isfinite(shape.distance(0.5 * (lower + upper))),
            "a distance that is not finite");
    for (const Surface& surface : shape.surfaces()) {
      for (const SurfacePoint& point : surface.quadrature(10)) {
        require(std::abs(shape.distance(point.x)) <= 1e-9 * norm(upper - lower), "a point of a surface off it");
      }
    }
    return true;
  } catch (const InputError& error) {
    require(std::strlen(error.what()) < 16384, "a message longer than a page");
    return false;
  }
}

const std::map<std::string, Entry>& entries() {
  static const std::map<std::string, Entry> table = {
      {"case", case_file}, {"quantity", quantity}, {"equation", equation}, {"csv", csv}, {"stl", stl}};
  return table;
}

}  // namespace nusselt::fuzz
