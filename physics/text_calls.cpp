// What a name in front of parentheses does: operators of the language, functions of numbers, functions of the case.
#include "physics/text_parser.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "nondim/did_you_mean.hpp"

namespace nusselt {

namespace {

constexpr std::size_t most_nodes = 10000;  // of what a text stands for when it is written out
constexpr std::size_t most_work = 100000;  // nodes that a derivative may pass through
constexpr int highest_order = 4;
constexpr int most_calls = 1000;  // of the case's functions, from one text
constexpr std::string_view axis_letters = "xyzt";
/// What others write, and what it is called here.
const std::map<std::string, std::string, std::less<>> other_languages = {
    {"ln", "log"},        {"laplacian", "lap"}, {"laplace", "lap"},    {"Laplacian", "lap"}, {"del2", "lap"},
    {"gradient", "grad"}, {"nabla", "grad"},    {"divergence", "div"}, {"diff", "dx"},       {"ddx", "dx"},
    {"ddy", "dy"},        {"ddz", "dz"},        {"ddt", "dt"},         {"arctan", "atan"},   {"inner", "dot"},
    {"average", "mean"},  {"avg", "mean"},      {"int", "integral"},   {"heaviside", "step"}};

std::vector<std::string> words() {
  std::vector<std::string> all = {"dx",  "dy",   "dz",  "dt",  "lap", "dn",   "grad",     "div", "dot",    "transpose",
                                  "vec", "sqrt", "pow", "min", "max", "mean", "integral", "at",  "argmin", "argmax"};
  for (const std::string& name : function_names()) all.push_back(name);
  return all;
}

/// dx, dyy, dxt: one letter per order.
bool is_derivative(std::string_view name) {
  return name.size() >= 2 && name.front() == 'd' && name.find_first_not_of(axis_letters, 1) == std::string_view::npos;
}

/// Order of differentiation of an operator; 0 for all other functions.
int order_of(std::string_view name) {
  if (name == "lap") return 2;
  if (name == "dn" || name == "grad" || name == "div") return 1;
  return is_derivative(name) ? static_cast<int>(name.size()) - 1 : 0;
}

[[noreturn]] void refuse_order(std::size_t place) {
  throw TextError("derivatives beyond the order " + std::to_string(highest_order) + " are not known", place);
}

}  // namespace

bool is_function_of_the_language(std::string_view name) {
  const std::vector<std::string> all = words();
  return is_derivative(name) || std::find(all.begin(), all.end(), name) != all.end();
}

TextParser::TextParser(const TextFunction& function, const std::string& name, Arguments arguments, TextParser& outer)
    : in_(function.body, [this](const std::string& known) { return knows(known); }),
      scope_(outer.scope_),
      found_(nullptr),
      outer_(&outer),
      name_(name),
      arguments_(std::move(arguments)),
      calls_(outer.calls_),
      on_face_(outer.on_face_),
      depth_(outer.depth_),
      order_(outer.order_) {}

TextParser::Value TextParser::call(const std::string& name, std::size_t place) {
  in_.expect('(', "after " + name);
  if (const auto function = scope_.functions.find(name); function != scope_.functions.end()) {
    return call_of_the_case(function->second, name, place);
  }
  if (name == "mean" || name == "integral" || name == "at") return functional(name, place);
  if (const auto kind = extremum_named(name)) return extremum_or_function(*kind, name, place);
  if (const int order = order_of(name)) return differentiated(name, order, place);
  if (name == "vec") return vector(place);
  if (name == "pow") {
    const Value base = sum_of_products();
    in_.expect(',', "and the exponent after the base in pow(x, 3/2)");
    const Rational exponent = in_.pow_exponent();
    close(name, 2);
    return raised(base, exponent, place);
  }
  if (name == "dot") {
    const Value a = settled(sum_of_products());
    in_.expect(',', "between the two vectors of dot(a, b)");
    const Value b = settled(sum_of_products());
    close(name, 2);
    return {at_function(place, [&] { return dot(a.tensor, b.tensor); })};
  }
  const auto function = function_named(name);
  if (!function && name != "sqrt" && name != "transpose") {
    refuse_call(name, place);
  }
  const Value argument = settled(sum_of_products());
  close(name, 1);
  return {at_function(place, [&] {
    if (name == "transpose") return transpose(argument.tensor);
    if (!argument.tensor.is_scalar()) {
      throw RankError(name + "() takes a scalar, got " + rank_in_words(argument.tensor));
    }
    const Expression& x = argument.tensor.expression();
    return SpaceTensor::scalar(name == "sqrt" ? sqrt(x) : apply(*function, x));
  })};
}

void TextParser::close(const std::string& name, int arguments) {
  in_.skip_space();
  if (in_.here() == ',') {
    throw TextError(name + "() takes " + (arguments == 1 ? "one argument" : std::to_string(arguments) + " arguments") +
                        ", here is one more",
                    in_.at());
  }
  in_.expect(')', "to close " + name + "(");
}

void TextParser::refuse_call(const std::string& name, std::size_t place) const {
  std::vector<std::string> known = words();
  for (const auto& [other, function] : scope_.functions) known.push_back(other);
  if (const auto elsewhere = other_languages.find(name); elsewhere != other_languages.end()) {
    throw TextError("unknown function '" + name + "'", place, "it is called " + elsewhere->second + "() here");
  }
  throw TextError("unknown function '" + name + "'", place, suggestion(name, known, "known"));
}

TextParser::Value TextParser::differentiated(const std::string& name, int order, std::size_t place) {
  order_ += order;
  if (order_ > highest_order) refuse_order(place);
  const Value argument = settled(sum_of_products());
  order_ -= order;
  close(name, 1);
  if (name == "dn" && !on_face_) {
    throw TextError("dn() is the derivative along the outward normal: it has a meaning on a face only", place,
                    "inside the domain use dx, dy or dz");
  }
  std::size_t work = 0;
  for (const Expression& part : argument.tensor.parts) work += derivative_size(part);
  if (work > most_work) {
    throw TextError("the derivative grows beyond " + std::to_string(most_nodes) + " operations", place);
  }
  const SpaceTensor result = at_function(place, [&] {
    if (name == "lap") return lap(argument.tensor, scope_.axes);
    if (name == "dn") return dn(argument.tensor, scope_.axes);
    if (name == "grad") return grad(argument.tensor, scope_.axes);
    if (name == "div") return div(argument.tensor, scope_.axes);
    SpaceTensor along = argument.tensor;
    for (char letter : name.substr(1)) {
      const auto axis = static_cast<Axis>(axis_letters.find(letter));
      if (!scope_.axes[axis]) {
        throw TextError(name + "(): the domain has no coordinate " + axis_names[axis], place,
                        axis == axis_t ? "a steady case has no time derivative; an unsteady one has the extent of "
                                         "time under domain.box.t"
                                       : "");
      }
      along = limited(derivative(along, axis), place);
    }
    return along;
  });
  for (const Expression& part : result.parts) {
    if (field_order(part) > highest_order) refuse_order(place);
  }
  return {result, {}, conserved_by(name, argument.tensor)};
}

std::optional<Conservation> TextParser::conserved_by(const std::string& name, const SpaceTensor& argument) const {
  const Expression none = Expression::zero();
  if (name == "div") {
    if (argument.rank != 1) return std::nullopt;
    return Conservation{argument, none, none, true};
  }
  if (!argument.is_scalar()) return std::nullopt;
  if (name == "dt") return Conservation{no_flux(scope_.axes), argument.expression(), none, false};
  if (name == "lap") return Conservation{grad(argument, scope_.axes), none, none, false};
  SpaceTensor flux = no_flux(scope_.axes);
  const std::vector<Axis> space = space_axes(scope_.axes);
  for (std::size_t i = 0; i < space.size(); ++i) {
    const std::string along = std::string("d") + axis_names[space[i]];
    if (name == along || name == along + axis_names[space[i]]) {
      flux.parts[i] = name == along ? argument.expression() : derivative(argument.expression(), space[i]);
      return Conservation{flux, none, none, false};
    }
  }
  return std::nullopt;
}

TextParser::Value TextParser::vector(std::size_t place) {
  std::vector<Expression> parts;
  do {
    in_.skip_space();
    const std::size_t part_place = in_.at();
    const Value part = settled(sum_of_products());
    at_function(part_place, [&] { return SpaceTensor::scalar(part.tensor.expression()); });
    parts.push_back(part.tensor.expression());
  } while (in_.take(','));
  in_.expect(')', "to close vec(");
  const std::size_t wanted = space_axes(scope_.axes).size();
  if (parts.size() != wanted) {
    throw TextError("vec() takes one component for each space axis, " + std::to_string(wanted) + " here, got " +
                        std::to_string(parts.size()),
                    place);
  }
  return {at_operator(place, "put together", [&] {
    sum(parts);  // of one dimension
    return SpaceTensor::vector(parts);
  })};
}

TextParser::Value TextParser::call_of_the_case(const TextFunction& function, const std::string& name,
                                               std::size_t place) {
  Arguments arguments;
  std::size_t count = 0;
  do {
    Value argument = settled(sum_of_products());
    if (count < function.parameters.size()) arguments.emplace(function.parameters[count], std::move(argument));
    ++count;
  } while (in_.take(','));
  in_.expect(')', "to close " + name + "(");
  if (count != function.parameters.size()) {
    throw TextError(name + "() takes " + std::to_string(function.parameters.size()) + " argument" +
                        (function.parameters.size() == 1 ? "" : "s") + ", got " + std::to_string(count),
                    place);
  }
  for (const TextParser* parser = this; parser != nullptr; parser = parser->outer_) {
    if (parser->name_ == name) throw TextError(name + "() is defined by itself", place);
  }
  if (++*calls_ > most_calls) {
    throw TextError("more than " + std::to_string(most_calls) + " calls of functions", place,
                    "functions that call functions multiply");
  }
  try {
    return TextParser(function, name, std::move(arguments), *this).whole_formula();
  } catch (const TextError& error) {
    throw TextError("in " + name + "() = " + function.body + ": " + error.what(), place, error.hint());
  }
}

TextParser::Value TextParser::smaller_or_larger(Function function, const Value& a, const Value& b,
                                                std::size_t place) const {
  require_like_temperatures(a, b, place, "compare");
  const SpaceTensor result = at_operator(place, "compare", [&] {
    for (const Value* value : {&a, &b}) {
      if (!value->tensor.is_scalar())
        throw RankError(rank_in_words(value->tensor) + " in " + to_string(function) + "()");
    }
    return SpaceTensor::scalar(apply(function, a.tensor.expression(), b.tensor.expression()));
  });
  return {result, is_temperature(result) ? a.temperature : TemperatureWeight()};
}

}  // namespace nusselt
