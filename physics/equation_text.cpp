#include "physics/equation_text.hpp"

#include <algorithm>
#include <set>

#include "physics/text_parser.hpp"

namespace nusselt {

void Scope::set(const std::string& name, const SpaceTensor& value, TemperatureKind kind) {
  names.erase(name);
  vectors.erase(name);
  if (value.is_scalar()) {
    names.emplace(name, value.expression());
  } else {
    vectors.emplace(name, value);
  }
  temperatures[name] = kind;
}

Formula parse_formula(std::string_view text, const Scope& scope) {
  Formula formula{Expression::zero(), {}, {}};
  const TextValue value = TextParser(text, scope, &formula).whole_formula();
  try {
    formula.expression = value.tensor.expression();
  } catch (const RankError& error) {
    throw TextError(error.what(), 0);
  }
  formula.temperature = value.temperature.kind();
  return formula;
}

TensorFormula parse_tensor(std::string_view text, const Scope& scope) {
  const TextValue value = TextParser(text, scope, nullptr).whole_formula();
  return {value.tensor, value.temperature.kind()};
}

TensorEquation parse_tensor_equation(std::string_view text, const Scope& scope) {
  return TextParser(text, scope, nullptr).whole_equation();
}

Expression parse_equation(std::string_view text, const Scope& scope) {
  const SpaceTensor residual = parse_tensor_equation(text, scope).residual;
  if (!residual.is_scalar()) {
    throw TextError("an equation between scalars is expected, got " + rank_in_words(residual),
                    std::min(text.find('='), text.size()), "write one equation for each component");
  }
  return residual.expression();
}

Formula parse_equation_of_means(std::string_view text, const Scope& scope) {
  Formula formula{Expression::zero(), {}, {}};
  const SpaceTensor residual = TextParser(text, scope, &formula).whole_equation().residual;
  if (!residual.is_scalar()) {
    throw TextError("an equation between scalars is expected, got " + rank_in_words(residual),
                    std::min(text.find('='), text.size()));
  }
  formula.expression = residual.expression();
  return formula;
}

bool mentions_normal(const Expression& expression) {
  const std::vector<Expression> all = leaves(expression);
  return std::any_of(all.begin(), all.end(),
                     [](const Expression& leaf) { return leaf.kind() == Expression::Kind::normal; });
}

bool is_reserved(const std::string& name) {
  static const std::set<std::string> coordinates = {"x", "y", "z", "t", "domain", normal_name};
  return coordinates.contains(name) || is_function_of_the_language(name);
}

}  // namespace nusselt
