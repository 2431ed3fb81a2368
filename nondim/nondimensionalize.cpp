#include "nondim/nondimensionalize.hpp"

#include <cmath>
#include <utility>

namespace nusselt {

namespace {

using Kind = Expression::Kind;

Expression symbolic_scale(const Dimension& dimension, const Scales& scales) {
  std::vector<Expression> factors = {Expression::number(1)};
  for (const auto& [name, exponent] : scales.exponents(dimension)) {
    for (const Reference& reference : scales.references()) {
      if (reference.name == name) factors.push_back(power(Expression::parameter(name, reference.dimension), exponent));
    }
  }
  return product(factors);
}

/// A derivative is scaled as the field is, and then by the coordinates.
Expression scale_of_leaf(const Expression& leaf, const Scales& scales) {
  const auto own = leaf.kind() == Kind::field ? scales.fields().find(leaf.name()) : scales.fields().end();
  if (own == scales.fields().end()) return symbolic_scale(leaf.dimension(), scales);
  const Reference& reference = own->second;
  return Expression::parameter(reference.name, reference.dimension) *
         symbolic_scale(leaf.dimension() / reference.dimension, scales);
}

Expression scaled_leaf(const Expression& leaf) {
  switch (leaf.kind()) {
    case Kind::coordinate:
      return Expression::coordinate(leaf.axis(), Dimension());
    case Kind::column:
      return Expression::column(leaf.name(), Dimension());
    case Kind::field: {
      Expression field = Expression::field(leaf.name(), Dimension(), leaf.axes(), true);
      for (int axis = 0; axis < axis_count; ++axis) {
        for (int i = 0; i < leaf.index()[axis]; ++i) field = derivative(field, static_cast<Axis>(axis));
      }
      return field;
    }
    default:
      return leaf;
  }
}

/// Fields, coordinates and columns become scale * scaled leaf; constants and references stay symbols.
Expression scale_leaves(const Expression& expression, const Scales& scales) {
  return transform(expression, [&](const Expression& leaf) -> std::optional<Expression> {
    if (leaf.kind() != Kind::coordinate && leaf.kind() != Kind::column && leaf.kind() != Kind::field) {
      return std::nullopt;
    }
    const Expression scaled = scale_of_leaf(leaf, scales) * scaled_leaf(leaf);
    const double level = leaf.kind() == Kind::field && leaf.order() == 0 ? field_level(leaf, scales) : 0;
    return level == 0 ? scaled : Expression::number(level, leaf.dimension()) + scaled;
  });
}

double constant_value(const Expression& leaf, const Scales& scales, const ConstantValues& values) {
  const auto known = values.find(leaf.name());
  if (known != values.end()) return known->second;
  for (const Reference& reference : scales.all()) {
    if (reference.name == leaf.name()) return reference.si;
  }
  throw std::invalid_argument("constant " + leaf.name() + " has no value");
}

/// Constants become plain numbers; dimensions have done their work.
Expression numbers_only(const Expression& expression, const Scales& scales, const ConstantValues& values) {
  return transform(expression, [&](const Expression& leaf) -> std::optional<Expression> {
    if (leaf.is_number()) return Expression::number(leaf.value());
    if (leaf.kind() == Kind::parameter) return Expression::number(constant_value(leaf, scales, values));
    return std::nullopt;
  });
}

bool is_constant(const Expression& expression) {
  for (const Expression& leaf : leaves(expression)) {
    if (leaf.kind() != Kind::parameter) return false;
  }
  return true;
}

struct RawTerm {
  Expression coefficient;  // constants and numbers only
  Expression factor;       // dimensionless, free of constants
  double value;
};

RawTerm split(const Expression& term, const Scales& scales, const ConstantValues& values) {
  const std::vector<Expression> factors =
      term.kind() == Kind::product ? term.children() : std::vector<Expression>{term};
  Expression coefficient = Expression::number(1);
  Expression rest = Expression::number(1);
  for (const Expression& factor : factors) {
    if (is_constant(factor)) {
      coefficient = coefficient * factor;
      continue;
    }
    // A factor that could not be multiplied out, such as (T_level + dT*T)^(1/2), is measured in its own scale.
    const Expression scale = symbolic_scale(factor.dimension(), scales);
    coefficient = coefficient * scale;
    rest = rest * numbers_only(factor, scales, values) / numbers_only(scale, scales, values);
  }
  const double value =
      evaluate(coefficient, [&](const Expression& leaf) { return constant_value(leaf, scales, values); });
  if (!std::isfinite(value)) {
    throw std::invalid_argument("the factor " + to_string(coefficient) + " of a term is not a finite number");
  }
  return {coefficient, rest, value};
}

// Sums of equal factors whose parts cancel to rounding, such as a level T0 taken from itself.
constexpr double cancelled = 1e-12;

struct Collected {
  RawTerm term;
  double largest;
  bool single;
};

std::vector<Collected> collect(const Expression& residual, const Scales& scales, const ConstantValues& values) {
  std::vector<Collected> collected;
  for (const Expression& expanded : expand(scale_leaves(with_ratios(residual, values), scales))) {
    if (expanded.is_zero()) continue;
    const RawTerm term = split(expanded, scales, values);
    bool found = false;
    for (Collected& other : collected) {
      if (other.term.factor != term.factor) continue;
      other.term.value += term.value;
      other.largest = std::max(other.largest, std::abs(term.value));
      other.single = false;
      found = true;
      break;
    }
    if (!found) collected.push_back({term, std::abs(term.value), true});
  }
  std::erase_if(collected, [](const Collected& c) { return std::abs(c.term.value) <= cancelled * c.largest; });
  return collected;
}

/// Without a plain number in front.
std::string coefficient_text(const Expression& coefficient) {
  if (coefficient.kind() == Kind::product && coefficient.children().front().is_number() &&
      coefficient.children().front().dimension().is_dimensionless()) {
    return to_string(product({coefficient.children().begin() + 1, coefficient.children().end()}));
  }
  return to_string(coefficient);
}

}  // namespace

DimensionlessResidual::DimensionlessResidual(std::string name, Expression expression, std::vector<Term> terms,
                                             double scale, Dimension dimension, std::string scale_formula)
    : name_(std::move(name)),
      expression_(std::move(expression)),
      terms_(std::move(terms)),
      scale_(scale),
      dimension_(dimension),
      scale_formula_(std::move(scale_formula)) {}

Expression with_ratios(const Expression& expression, const ConstantValues& values) {
  if (values.ratios.empty()) return expression;
  return transform(expression, [&](const Expression& leaf) -> std::optional<Expression> {
    const auto ratio = leaf.kind() == Kind::parameter ? values.ratios.find(leaf.name()) : values.ratios.end();
    if (ratio == values.ratios.end()) return std::nullopt;
    return leaf * ratio->second;
  });
}

std::optional<Monomial> power_product_of(const Expression& coefficient) {
  const std::vector<Expression> factors =
      coefficient.kind() == Kind::product ? coefficient.children() : std::vector<Expression>{coefficient};
  Monomial powers;
  for (const Expression& factor : factors) {
    if (factor.is_number()) {
      if (!factor.dimension().is_dimensionless()) return std::nullopt;
      continue;
    }
    const Expression base = factor.kind() == Kind::power ? factor.children().front() : factor;
    if (base.kind() != Kind::parameter) return std::nullopt;
    powers[base.name()] += factor.kind() == Kind::power ? factor.exponent() : Rational(1);
  }
  return powers;
}

double field_level(const Expression& field, const Scales& scales) {
  return field.dimension() == Dimension::of(Dimension::temperature) ? scales.temperature_level() : 0;
}

double field_scale(const Expression& field, const Scales& scales) {
  const auto own = scales.fields().find(field.name());
  return own == scales.fields().end() ? scales.of(field.dimension()) : own->second.si;
}

DimensionlessResidual nondimensionalize(const std::string& name, const Expression& residual, const Scales& scales,
                                        const ConstantValues& values) {
  const std::vector<Collected> collected = collect(residual, scales, values);
  if (collected.empty()) throw std::invalid_argument(name + ": the equation is 0 = 0");

  const Collected* dominant = &collected.front();
  for (const Collected& c : collected) {
    // A tie to rounding keeps the term that was written first.
    if (std::abs(c.term.value) > (1 + cancelled) * std::abs(dominant->term.value)) dominant = &c;
  }
  const double scale = std::abs(dominant->term.value);
  const std::optional<Monomial> pivot = dominant->single ? power_product_of(dominant->term.coefficient) : std::nullopt;

  std::vector<DimensionlessResidual::Term> terms;
  std::vector<Expression> summands;
  for (const Collected& c : collected) {
    std::optional<Monomial> ratio = c.single && pivot ? power_product_of(c.term.coefficient) : std::nullopt;
    if (ratio) {
      for (const auto& [constant, exponent] : *pivot) (*ratio)[constant] -= exponent;
      std::erase_if(*ratio, [](const auto& entry) { return entry.second == Rational(0); });
    }
    // Ties with the dominant coefficient are 1 exactly, whatever the rounding of their product was.
    double coefficient = c.term.value / scale;
    if (std::abs(std::abs(coefficient) - 1) < cancelled) coefficient = coefficient > 0 ? 1 : -1;
    terms.push_back({coefficient, c.term.factor, ratio});
    summands.push_back(Expression::number(coefficient) * c.term.factor);
  }
  return DimensionlessResidual(name, sum(summands), std::move(terms), scale, residual.dimension(),
                               coefficient_text(dominant->term.coefficient));
}

std::vector<ScaledTerm> scaled_terms(const Expression& residual, const Scales& scales, const ConstantValues& values) {
  std::vector<ScaledTerm> terms;
  for (const Collected& c : collect(residual, scales, values)) {
    // The scales of its leaves are the same in every part that was summed.
    const Expression& coefficient = c.term.coefficient;
    Monomial references;
    for (const Expression& factor :
         coefficient.kind() == Kind::product ? coefficient.children() : std::vector<Expression>{coefficient}) {
      const Expression base = factor.kind() == Kind::power ? factor.children().front() : factor;
      if (base.kind() != Kind::parameter) continue;
      for (const Reference& reference : scales.references()) {
        if (reference.name != base.name()) continue;
        references[base.name()] += factor.kind() == Kind::power ? factor.exponent() : Rational(1);
      }
    }
    terms.push_back({c.term.value, references, c.single ? power_product_of(coefficient) : std::nullopt,
                     coefficient_text(coefficient)});
  }
  return terms;
}

Expression in_scaled_fields(const Expression& expression, const Scales& scales, const ConstantValues& values) {
  return numbers_only(scale_leaves(with_ratios(expression, values), scales), scales, values);
}

Expression scaled_value(const Expression& value, const Expression& field, const Scales& scales,
                        const ConstantValues& values) {
  const Expression si = in_scaled_fields(value, scales, values);
  const Expression level = Expression::number(field_level(field, scales));
  return (si - level) / Expression::number(field_scale(field, scales));
}

}  // namespace nusselt
