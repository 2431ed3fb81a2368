#include "solver/case/constants.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "nondim/unit_table.hpp"

namespace nusselt {

bool is_name(const std::string& text) {
  if (text.empty() || !(std::isalpha(static_cast<unsigned char>(text.front())) || text.front() == '_')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; });
}

void require_usable_name(const Entry& entry, const std::string& section) {
  if (!is_name(entry.key)) {
    throw InputError(entry.key_place, section + ": " + quote(entry.key) + " is not a name",
                     "a name has letters, digits and _ and does not start with a digit");
  }
  if (is_reserved(entry.key)) {
    throw InputError(entry.key_place, section + ": '" + entry.key + "' has a meaning of its own in formulas",
                     "choose another name");
  }
}

std::string unit_hint(const Expression& value, const std::string& text, const Dimension& wanted) {
  if (!value.dimension().is_dimensionless()) return "";
  if (!value.is_number()) return "multiply it by a quantity in " + wanted.unit();
  return "add the unit, for example `" + text + " " + wanted.unit() + "`";
}

namespace {

/// Behind a number the name of a constant is that constant, also where a unit has the same name: `k: 0.03 W/(m K)` in a
/// case with a constant W. A hint when that made the circle.
std::string unit_in_circle(const Entry& last, const std::map<std::string, const Entry*>& entries,
                           const std::vector<std::string>& path) {
  for (auto name = std::find(path.begin(), path.end(), last.key); name != path.end(); ++name) {
    const std::string& next = name + 1 == path.end() ? last.key : *(name + 1);
    const std::string& text = entries.at(*name)->value.text;
    if (!text.empty() && std::isdigit(static_cast<unsigned char>(text.front())) && find_unit(next)) {
      return "if a unit is meant, put it in brackets: 3 [" + next + "]";
    }
  }
  return "";
}

/// The texts of an entry, its own or those of its keys.
std::vector<std::string> texts_of(const Node& node) {
  if (node.is_scalar()) return {node.text};
  std::vector<std::string> texts;
  for (const Entry& entry : node.entries) {
    for (std::string& text : texts_of(entry.value)) texts.push_back(std::move(text));
  }
  for (const Node& item : node.items) texts.push_back(item.text);
  return texts;
}

}  // namespace

Expression sought_ratio(const Expression& unknown, bool positive,
                        const std::optional<std::pair<double, double>>& bounds) {
  const auto number = [](double value) { return Expression::number(value); };
  Expression change = unknown;  // of the logarithm, or of the ratio
  if (bounds) {
    const double lower = positive ? std::log(bounds->first) : bounds->first - 1;
    const double upper = positive ? std::log(bounds->second) : bounds->second - 1;
    const double middle = 0.5 * (lower + upper), half = 0.5 * (upper - lower);
    const double start = -middle / half;
    change = number(middle) +
             number(half) *
                 apply(Function::tanh, number(std::atanh(start)) + number(1 / (half * (1 - start * start))) * unknown);
  }
  return positive ? apply(Function::exp, change) : number(1) + change;
}

Constant Constants::read_sought(const Entry& entry, const std::string& key) const {
  const Node* start = entry.value.find("start");
  if (start == nullptr) {
    throw InputError(
        entry.value.place, key + ": neither `start` nor `range` is given",
        "{start: 10 W/(m K)} is a constant that is sought, {range: [1e3, 1e5]} an input of the network; one "
        "that is known is its quantity alone");
  }
  Constant constant{entry.key, 0, Dimension(), "sought, start " + start->text};
  try {
    const Formula formula = parse_formula(start->text, scope());
    constant.dimension = formula.expression.dimension();
    constant.temperature = formula.temperature;
    constant.si = constant_value(formula.expression, *this);
    for (const Expression& leaf : leaves(formula.expression)) {
      if (find(leaf.name())->ratio)
        throw TextError("the start depends on " + leaf.name() + ", which is sought itself", 0);
    }
  } catch (const TextError& error) {
    throw located(error, *start, key + ".start");
  }
  if (!std::isfinite(constant.si) || constant.si == 0) {
    throw InputError(start->place, key + ".start: expected a number that is not zero, got " + quote(start->text),
                     "it is the scale of what is sought");
  }
  constant.sought = Constant::Sought{Expression::field("ln(" + entry.key + "/start)", Dimension(), Axes{}, true), {}};
  std::optional<std::pair<double, double>> bounds;
  bool positive = constant.si > 0;
  if (const Node* interval = entry.value.find("bounds")) {
    double ends[2];
    for (int i : {0, 1}) ends[i] = value_of(interval->items[i], key + ".bounds", constant.dimension);
    if (!(ends[0] < constant.si && constant.si < ends[1])) {
      throw InputError(interval->place, key + ".bounds: the start must lie between them",
                       "the start is " + to_string(constant.si) + " " + constant.dimension.unit());
    }
    positive = ends[0] > 0;
    const double low = ends[0] / constant.si, high = ends[1] / constant.si;
    bounds = {std::min(low, high), std::max(low, high)};
  }
  if (const Node* prior = entry.value.find("prior")) {
    constant.sought->prior = value_of(*prior, key + ".prior", constant.dimension);
    if (!(*constant.sought->prior > 0)) {
      throw InputError(prior->place, key + ".prior: a standard deviation is positive, got " + quote(prior->text));
    }
  }
  if (!positive) {
    constant.sought->unknown = Expression::field(entry.key + "/start-1", Dimension(), Axes{}, true);
  }
  constant.ratio = sought_ratio(constant.sought->unknown, positive, bounds);
  return constant;
}

Constant Constants::read_input(const Entry& entry, const std::string& key) const {
  const Node& range = *entry.value.find("range");
  if (const Node* start = entry.value.find("start")) {
    throw InputError(start->place, key + ": a constant is either sought (start) or an input (range)",
                     "leave one of them out");
  }
  Constant constant{entry.key, 0, Dimension(), "input, " + range.items[0].text + " .. " + range.items[1].text};
  const auto value = [&](const Node& node, const std::string& what) {
    const double si = value_of(node, key + "." + what, constant.dimension);
    for (const std::string& name : mentioned_names(node.text)) {
      const Constant* other = find(name);
      if (other == nullptr || !other->ratio) continue;
      throw InputError(node.place, key + "." + what + ": depends on " + name + ", which is no fixed number");
    }
    return si;
  };
  try {
    const Formula formula = parse_formula(range.items[1].text, scope());
    constant.dimension = formula.expression.dimension();
    constant.temperature = formula.temperature;
  } catch (const TextError& error) {
    throw located(error, range.items[1], key + ".range");
  }
  const double lower = value(range.items[0], "range"), upper = value(range.items[1], "range");
  const Node* scale = entry.value.find("scale");
  const bool logarithmic = scale != nullptr && scale->text == "log";
  if (!(lower < upper)) {
    throw InputError(range.place, key + ".range: the upper end must be above the lower end");
  }
  if (logarithmic && !(lower > 0)) {
    throw InputError(range.place, key + ".range: a logarithmic range is positive, got " + quote(range.items[0].text),
                     "leave `scale: log` out");
  }
  const double middle = logarithmic ? std::sqrt(lower * upper) : 0.5 * (lower + upper);
  const Node* reference = entry.value.find("reference");
  constant.si = reference != nullptr ? value(*reference, "reference") : middle;
  const Place& place = reference != nullptr ? reference->place : range.place;
  if (constant.si < lower || constant.si > upper || constant.si == 0) {
    throw InputError(place,
                     key + ".reference: expected a value in the range that is not zero, got " + to_string(constant.si) +
                         " " + constant.dimension.unit(),
                     "scales are taken there");
  }
  Constant::Input input{Expression::column(entry.key + "/reference", Dimension()), 0, 0, logarithmic, {}};
  const auto coordinate = [&](double si) { return logarithmic ? std::log(si / constant.si) : si / constant.si - 1; };
  input.lower = std::min(coordinate(lower), coordinate(upper));
  input.upper = std::max(coordinate(lower), coordinate(upper));
  if (const Node* members = entry.value.find("members")) {
    for (const Node& member : members->is_list() ? members->items : std::vector<Node>{*members}) {
      input.members.push_back(value(member, "members"));
      if (input.members.back() >= lower && input.members.back() <= upper) continue;
      throw InputError(member.place, key + ".members: " + quote(member.text) + " lies outside of the range");
    }
  } else {
    input.members = {lower, middle, upper};
  }
  constant.ratio = logarithmic ? apply(Function::exp, input.coordinate) : Expression::number(1) + input.coordinate;
  constant.input = std::move(input);
  return constant;
}

std::vector<const Constant*> Constants::inputs() const {
  std::vector<const Constant*> found;
  for (const Constant& constant : constants_) {
    if (constant.input) found.push_back(&constant);
  }
  return found;
}

std::vector<double> Constants::input_coordinates(const std::map<std::string, double>& given) const {
  constexpr double slack = 1e-9;
  std::vector<double> coordinates;
  for (const Constant* constant : inputs()) {
    const auto value = given.find(constant->name);
    const Constant::Input& input = *constant->input;
    double at = 0;
    if (value != given.end()) {
      const double ratio = value->second / constant->si;
      at = input.logarithmic ? std::log(ratio) : ratio - 1;
    }
    if (!(at >= input.lower - slack && at <= input.upper + slack)) {
      throw std::out_of_range(constant->name + " = " + to_string(value->second) + " lies outside of the range " +
                              constant->text.substr(constant->text.find(',') + 2) + " that the network was trained on");
    }
    coordinates.push_back(at);
  }
  return coordinates;
}

std::vector<std::map<std::string, double>> Constants::members() const {
  std::vector<std::map<std::string, double>> all;
  for (const Constant* constant : inputs()) {
    for (const double si : constant->input->members) {
      const std::map<std::string, double> one = {{constant->name, si}};
      if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    }
  }
  if (all.empty()) all.emplace_back();
  return all;
}

std::string Constants::member_text(const std::map<std::string, double>& given) const {
  std::string text;
  for (const auto& [name, si] : given) {
    const std::string unit = find(name)->dimension.is_dimensionless() ? "" : " " + find(name)->dimension.unit();
    text += (text.empty() ? "" : ", ") + name + " = " + to_string(si) + unit;
  }
  return text;
}

Constants Constants::of_member(const std::map<std::string, double>& given) const {
  const std::vector<double> coordinates = input_coordinates(given);
  std::map<std::string, double> at;
  for (std::size_t i = 0; i < coordinates.size(); ++i) at[inputs()[i]->input->coordinate.name()] = coordinates[i];
  Constants member = *this;
  for (Constant& constant : member.constants_) {
    if (!constant.ratio) continue;
    constant.si *= evaluate(*constant.ratio, [&](const Expression& leaf) {
      const auto coordinate = at.find(leaf.name());
      return coordinate == at.end() ? 0 : coordinate->second;  // of what is sought: where the search starts
    });
  }
  return member;
}

Constants::Constants(const Node& root) {
  const Node* section = root.find("constants");
  if (section == nullptr) return;
  std::map<std::string, const Entry*> entries;
  for (const Entry& entry : section->entries) {
    require_usable_name(entry, "constants");
    entries[entry.key] = &entry;
  }
  std::vector<std::string> path;
  for (const Entry& entry : section->entries) define(entry, entries, path);
}

void Constants::define(const Entry& entry, const std::map<std::string, const Entry*>& entries,
                       std::vector<std::string>& path) {
  if (find(entry.key) != nullptr) return;
  const std::string key = "constants." + entry.key;
  if (std::find(path.begin(), path.end(), entry.key) != path.end()) {
    std::string circle;
    for (const std::string& name : path) circle += name + " -> ";
    throw InputError(entry.value.place, key + ": the definition runs in a circle: " + circle + entry.key,
                     unit_in_circle(entry, entries, path));
  }
  path.push_back(entry.key);
  for (const std::string& text : texts_of(entry.value)) {
    for (const std::string& name : mentioned_names(text)) {
      const auto other = entries.find(name);
      if (other != entries.end()) define(*other->second, entries, path);
    }
  }
  path.pop_back();
  if (entry.value.is_map()) {
    constants_.push_back(entry.value.find("range") != nullptr ? read_input(entry, key) : read_sought(entry, key));
    return;
  }
  try {
    // A quantity alone keeps the meaning of its unit, `20 degC` is a level of 293.15 K.
    const Formula formula = parse_formula(entry.value.text, scope());
    const double si = constant_value(formula.expression, *this);
    if (!std::isfinite(si)) throw TextError("the value is not finite", 0);
    Constant constant{entry.key, si, formula.expression.dimension(), entry.value.text, formula.temperature};
    const Expression in_unknowns =
        transform(formula.expression, [&](const Expression& leaf) -> std::optional<Expression> {
          if (leaf.is_number()) return Expression::number(leaf.value());
          const Constant& other = *find(leaf.name());
          return Expression::number(other.si) * other.ratio.value_or(Expression::number(1));
        });
    if (!in_unknowns.is_number()) {
      if (si == 0) throw TextError("it depends on a constant that is sought, and is zero where the search starts", 0);
      constant.ratio = in_unknowns / Expression::number(si);
    }
    constants_.push_back(std::move(constant));
  } catch (const TextError& error) {
    throw located(error, entry.value, key);
  }
}

const Constant* Constants::find(const std::string& name) const {
  for (const Constant& constant : constants_) {
    if (constant.name == name) return &constant;
  }
  return nullptr;
}

ConstantValues Constants::values() const {
  ConstantValues values;
  for (const Constant& constant : constants_) {
    values[constant.name] = constant.si;
    if (constant.ratio) values.ratios.emplace(constant.name, *constant.ratio);
  }
  return values;
}

std::vector<const Constant*> Constants::sought() const {
  std::vector<const Constant*> found;
  for (const Constant& constant : constants_) {
    if (constant.sought) found.push_back(&constant);
  }
  return found;
}

Scope Constants::scope() const {
  Scope scope;
  for (const Constant& constant : constants_) {
    scope.set(constant.name, SpaceTensor::scalar(Expression::parameter(constant.name, constant.dimension)),
              constant.temperature);
  }
  return scope;
}

double Constants::value_of(const Node& node, const std::string& key, const Dimension& expected) const {
  try {
    const Expression expression = parse_formula(node.text, scope()).expression;
    if (!expression.is_zero() && expression.dimension() != expected) {
      throw TextError(
          "expected " + expected.describe() + ", got " + quote(node.text) + ", " + expression.dimension().describe(), 0,
          unit_hint(expression, node.text, expected));
    }
    const double si = constant_value(expression, *this);
    if (!std::isfinite(si)) throw TextError("the value is not finite", 0);
    return si;
  } catch (const TextError& error) {
    throw located(error, node, key);
  }
}

double constant_value(const Expression& expression, const Constants& constants) {
  return evaluate(expression, [&](const Expression& leaf) {
    const Constant* constant = leaf.kind() == Expression::Kind::parameter ? constants.find(leaf.name()) : nullptr;
    if (constant == nullptr) throw std::invalid_argument(to_string(leaf) + " is not a constant");
    return constant->si;
  });
}

}  // namespace nusselt
