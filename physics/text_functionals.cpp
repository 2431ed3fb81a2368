// Means, integrals, values and extrema: what an output takes over a face, the domain, a section, at a point or along a
// line.
#include "physics/text_parser.hpp"

#include <algorithm>
#include <utility>

namespace nusselt {

namespace {

constexpr std::string_view axis_letters = "xyzt";

std::vector<Axis> axes_without(const Axes& axes, const std::map<Axis, Expression>& positions) {
  std::vector<Axis> left;
  for (int axis = 0; axis < axis_count; ++axis) {
    if (axes[axis] && !positions.contains(static_cast<Axis>(axis))) left.push_back(static_cast<Axis>(axis));
  }
  return left;
}

std::string joined(const std::vector<Axis>& axes) {
  std::string text;
  for (Axis axis : axes) text += (text.empty() ? "" : ", ") + std::string(axis_names[axis]);
  return text;
}

Dimension measure_along(Axis axis) { return Dimension::of(axis == axis_t ? Dimension::time : Dimension::length); }

}  // namespace

std::optional<LineExtremum::Kind> extremum_named(std::string_view name) {
  if (name == "min") return LineExtremum::Kind::smallest;
  if (name == "max") return LineExtremum::Kind::largest;
  if (name == "argmin") return LineExtremum::Kind::place_of_smallest;
  if (name == "argmax") return LineExtremum::Kind::place_of_largest;
  return std::nullopt;
}

TextParser::Value TextParser::functional(const std::string& name, std::size_t place) {
  if (found_ == nullptr || scope_.faces.empty()) {
    throw TextError(
        name + (name == "at" ? "() at a point is known in outputs only" : "() over a face is known in outputs only"),
        place, name == "at" ? "" : "or in the equation of a condition, `flow: integral(u) = Q`");
  }
  const bool outside = std::exchange(on_face_, true);
  in_.skip_space();
  const std::size_t integrand_place = in_.at();
  const Value value = settled(sum_of_products());
  on_face_ = outside;
  at_function(integrand_place, [&] { return SpaceTensor::scalar(value.tensor.expression()); });
  const Expression integrand = value.tensor.expression();
  const bool named = in_.take(',');
  if (name == "at" || (named && in_.at_assignment())) return section(name, place, value, named);
  std::string face = scope_.here.empty() ? "domain" : scope_.here;
  std::size_t face_place = place;
  if (named && !scope_.here.empty()) {
    throw TextError("in a condition " + name + "() is over what stands under `at`, and names no face", in_.at(),
                    "write " + name + "(...) with one argument");
  }
  if (named) {
    in_.skip_space();
    face_place = in_.at();
    const std::size_t close = std::min(in_.text().find(')', face_place), in_.text().size());
    face = in_.text().substr(face_place, close - face_place);
    while (!face.empty() && face.back() == ' ') face.pop_back();
    if (face != "domain" && std::find(scope_.faces.begin(), scope_.faces.end(), face) == scope_.faces.end()) {
      std::string known;
      for (const std::string& other : scope_.faces) known += (known.empty() ? "" : ", ") + other;
      throw TextError("unknown face '" + face + "'", face_place, "faces: " + known + "; or domain for all of it");
    }
    in_.go_to(close);
  }
  in_.expect(')', "to close " + name + "(");
  const bool in_time = face == "t-" || face == "t+";
  if ((in_time || face == "domain") && mentions_normal(integrand)) {
    throw TextError(in_time ? "the face " + face + " is a moment in time, and dn() has no meaning on it"
                            : "dn() has a meaning on a face only, and " + name +
                                  "() without a face is taken over the "
                                  "domain",
                    face_place, in_time ? "" : "name the face: " + name + "(..., x-)");
  }
  Dimension dimension = integrand.dimension();
  const bool mean = name == "mean";
  if (!mean) {
    for (Axis axis : axes_without(scope_.axes, {})) {
      if (axis != axis_t || scope_.here.empty()) dimension = dimension * measure_along(axis);
    }
    if (face != "domain" && !(in_time && !scope_.here.empty())) {
      dimension = dimension / measure_along(in_time ? axis_t : axis_x);
    }
  }
  // '<' cannot occur in a name of the case, so the symbol is unique.
  const std::string symbol = "<" + name + " " + std::to_string(found_->functionals.size()) + ">";
  found_->functionals.push_back(
      {mean ? SurfaceFunctional::Kind::mean : SurfaceFunctional::Kind::integral, integrand, face, symbol});
  return {SpaceTensor::scalar(Expression::parameter(symbol, dimension)),
          mean ? value.temperature : TemperatureWeight()};
}

TextParser::Value TextParser::section(const std::string& name, std::size_t place, const Value& value,
                                      bool has_positions) {
  const Expression& integrand = value.tensor.expression();
  if (mentions_normal(integrand)) {
    throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                    "inside the domain use dx, dy or dz");
  }
  std::map<Axis, Expression> positions = positions_in(name, has_positions);
  const std::vector<Axis> left = axes_without(scope_.axes, positions);
  if (name == "at" && !left.empty()) {
    throw TextError("at() is the value at a point: " + joined(left) + " is not given", place,
                    "every coordinate has a value there, at(formula, x = position" +
                        std::string(scope_.axes[axis_y] ? ", y = position" : "") + ")");
  }
  if (name != "at" && left.empty()) {
    throw TextError(name + "() over a section: no coordinate is left to vary", place,
                    "the value at a point is at(formula, x = position)");
  }
  const bool integral = name == "integral";
  Dimension dimension = integrand.dimension();
  for (Axis axis : left) {
    if (integral) dimension = dimension * measure_along(axis);
  }
  const std::string symbol = "<section " + std::to_string(found_->sections.size()) + ">";
  found_->sections.push_back({integral, integrand, std::move(positions), symbol});
  return {SpaceTensor::scalar(Expression::parameter(symbol, dimension)),
          integral ? TemperatureWeight() : value.temperature};
}

std::map<Axis, Expression> TextParser::positions_in(const std::string& name, bool has_positions) {
  std::map<Axis, Expression> positions;
  while (has_positions) {
    const auto [axis, position] = line_position(name);
    if (!positions.emplace(axis, position).second) {
      throw TextError(std::string(axis_names[axis]) + " is given twice in " + name + "()", in_.at());
    }
    has_positions = in_.take(',');
  }
  in_.expect(')', "to close " + name + "(");
  return positions;
}

TextParser::Value TextParser::extremum_or_function(LineExtremum::Kind kind, const std::string& name,
                                                   std::size_t place) {
  const bool has_function = name == "min" || name == "max";
  const bool outside = on_face_;
  if (!has_function) on_face_ = false;
  const Value first = settled(sum_of_products());
  on_face_ = outside;
  if (has_function && in_.take(',')) {
    if (!in_.at_assignment()) {
      const Value second = settled(sum_of_products());
      in_.expect(')', "to close " + name + "(");
      return smaller_or_larger(name == "max" ? Function::max : Function::min, first, second, place);
    }
    return extremum(kind, name, place, first, true);
  }
  return extremum(kind, name, place, first, in_.take(','));
}

TextParser::Value TextParser::extremum(LineExtremum::Kind kind, const std::string& name, std::size_t place,
                                       const Value& value, bool has_positions) {
  if (found_ == nullptr || scope_.faces.empty()) {
    throw TextError(name + "() along a line is known in outputs only", place,
                    name == "min" || name == "max" ? "of two values it is " + name + "(a, b)" : "");
  }
  const Expression formula =
      at_function(place, [&] { return SpaceTensor::scalar(value.tensor.expression()); }).expression();
  if (mentions_normal(formula)) {
    throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                    "inside the domain use dx, dy or dz");
  }
  std::map<Axis, Expression> positions = positions_in(name, has_positions);
  const std::vector<Axis> left = axes_without(scope_.axes, positions);
  if (left.size() != 1) {
    const std::string free = joined(left);
    throw TextError(name + "() is taken along a line: one coordinate varies, the others are given; here " +
                        (left.empty() ? "none varies" : free + " vary"),
                    place, "write " + name + "(formula, x = position) in a plane, with y = position too in space");
  }
  const bool of_value = kind == LineExtremum::Kind::smallest || kind == LineExtremum::Kind::largest;
  const std::string symbol = "<" + name + " " + std::to_string(found_->extrema.size()) + ">";
  found_->extrema.push_back({kind, formula, left[0], std::move(positions), symbol});
  return {SpaceTensor::scalar(Expression::parameter(symbol, of_value ? formula.dimension() : measure_along(left[0]))),
          of_value ? value.temperature : TemperatureWeight()};
}

std::pair<Axis, Expression> TextParser::line_position(const std::string& name) {
  in_.skip_space();
  const std::size_t place = in_.at();
  const std::string coordinate = in_.identifier();
  const std::size_t axis = coordinate.size() == 1 ? axis_letters.find(coordinate) : std::string_view::npos;
  if (axis == std::string_view::npos || !scope_.axes[axis]) {
    throw TextError("expected a coordinate of the domain and its value after ',' in " + name + "()", place,
                    "for example " + name + "(u, x = L/2)");
  }
  in_.expect('=', "and the value of " + coordinate + " in " + name + "()");
  in_.skip_space();
  const std::size_t value_place = in_.at();
  const Value value = sum_of_products();
  const Expression position =
      at_function(value_place, [&] { return SpaceTensor::scalar(value.tensor.expression()); }).expression();
  for (const Expression& leaf : leaves(position)) {
    if (leaf.kind() != Expression::Kind::parameter) {
      throw TextError("the value of " + coordinate + " must not vary, but " + to_string(leaf) + " does", value_place);
    }
  }
  const Dimension expected = measure_along(static_cast<Axis>(axis));
  if (!position.is_zero() && position.dimension() != expected) {
    throw TextError(
        "the value of " + coordinate + " is " + expected.describe() + ", got " + position.dimension().describe(),
        value_place);
  }
  return {static_cast<Axis>(axis), position};
}

}  // namespace nusselt
