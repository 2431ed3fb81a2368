// Longer than a usual file: the table of logarithms, the linear programs on it and the exact relations at their optimum
// are one argument.
#include "nondim/scale_choice.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>

#include "nondim/linear_program.hpp"
#include "nondim/rational_matrix.hpp"

namespace nusselt {
namespace {

// Decades; spreads and coefficients nearer than this are equal.
constexpr double same = 1e-9;

struct LogTerm {
  double decades;            // of the coefficient, the open references at one SI unit
  RationalVector exponents;  // of the open references
  std::optional<Monomial> powers;
  std::string text;
};

struct LogEquation {
  std::string name;
  std::vector<LogTerm> terms;  // distinct ones
};

/// Where a set of references is decided: number times powers, in which the exponents of the open references are apart.
struct Relation {
  RationalVector exponents;  // of the open references
  double decades;            // exponents . logarithms + decades = 0
  std::optional<Monomial> powers;
  std::string text;
};

Monomial without(Monomial monomial, const std::vector<Reference>& open) {
  for (const Reference& reference : open) monomial.erase(reference.name);
  return monomial;
}

RationalVector exponents_in(const Monomial& monomial, const std::vector<Reference>& open) {
  RationalVector exponents;
  for (const Reference& reference : open) {
    const auto found = monomial.find(reference.name);
    exponents.push_back(found == monomial.end() ? Rational(0) : found->second);
  }
  return exponents;
}

LogEquation log_equation(const NamedResidual& equation, const Scales& scales, const std::vector<Reference>& open,
                         const ConstantValues& values) {
  LogEquation result{equation.name, {}};
  for (const ScaledTerm& term : scaled_terms(equation.residual, scales, values)) {
    LogTerm entry{std::log10(std::abs(term.value)), exponents_in(term.references, open), std::nullopt, term.text};
    if (term.powers) entry.powers = without(*term.powers, open);
    const bool known = std::any_of(result.terms.begin(), result.terms.end(), [&](const LogTerm& other) {
      return other.exponents == entry.exponents && std::abs(other.decades - entry.decades) < same;
    });
    if (!known) result.terms.push_back(std::move(entry));
  }
  return result;
}

double at(const LogTerm& term, const std::vector<double>& logs) {
  double decades = term.decades;
  for (std::size_t j = 0; j < logs.size(); ++j) decades += to_double(term.exponents[j]) * logs[j];
  return decades;
}

/// Terms where the largest and the smallest coefficient of an equation stand.
std::pair<const LogTerm*, const LogTerm*> ends(const LogEquation& equation, const std::vector<double>& logs) {
  const LogTerm* top = &equation.terms.front();
  const LogTerm* bottom = top;
  for (const LogTerm& term : equation.terms) {
    if (at(term, logs) > at(*top, logs) + same) top = &term;
    if (at(term, logs) < at(*bottom, logs) - same) bottom = &term;
  }
  return {top, bottom};
}

bool mentions(const LogTerm& term, std::size_t j) { return term.exponents[j] != 0; }

/// Whether reference `j` stands in one term of each of its equations, the same in all of them, beside terms without it.
bool is_pressure_like(std::size_t j, const std::vector<LogEquation>& equations) {
  const LogTerm* first = nullptr;
  for (const LogEquation& equation : equations) {
    const LogTerm* own = nullptr;
    for (const LogTerm& term : equation.terms) {
      if (!mentions(term, j)) continue;
      if (own != nullptr) return false;
      own = &term;
    }
    if (own == nullptr) continue;
    if (equation.terms.size() == 1) return false;
    if (first != nullptr && (own->exponents != first->exponents || std::abs(own->decades - first->decades) > same)) {
      return false;
    }
    first = own;
  }
  return first != nullptr;
}

RationalVector difference(const RationalVector& a, const RationalVector& b) {
  RationalVector result = a;
  for (std::size_t j = 0; j < result.size(); ++j) result[j] -= b[j];
  return result;
}

/// Which of the references in `wanted` no difference of two terms feels.
std::vector<std::size_t> undetermined(const std::vector<LogEquation>& equations, const std::vector<bool>& wanted) {
  std::vector<RationalVector> rows;
  for (const LogEquation& equation : equations) {
    for (const LogTerm& term : equation.terms) {
      rows.push_back(difference(term.exponents, equation.terms.front().exponents));
    }
  }
  RationalMatrix matrix(rows.size(), wanted.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < wanted.size(); ++j) matrix(i, j) = wanted[j] ? rows[i][j] : Rational(0);
  }
  const std::vector<std::size_t> pivots = matrix.reduce();
  std::vector<std::size_t> open;
  for (std::size_t j = 0; j < wanted.size(); ++j) {
    if (wanted[j] && std::find(pivots.begin(), pivots.end(), j) == pivots.end()) open.push_back(j);
  }
  return open;
}

/// The linear programs: unknowns are the logarithms of the open references, then the largest coefficient of each
/// equation, then, while one is sought, the largest spread.
class Spreads {
 public:
  Spreads(const std::vector<LogEquation>& equations, std::size_t references)
      : equations_(equations), references_(references), limits_(equations.size()) {}

  /// Makes the largest spread of the equations from `first` to before `last` as small as it can be, then the next.
  void minimise(std::size_t first, std::size_t last) {
    while (true) {
      std::vector<bool> sought(equations_.size(), false);
      for (std::size_t e = first; e < last; ++e) sought[e] = !limits_[e];
      if (std::none_of(sought.begin(), sought.end(), [](bool is) { return is; })) return;
      LinearProgram program = program_for(sought);
      program.cost[unknowns() - 1] = 1;
      const LinearOptimum optimum = minimum(program);
      for (std::size_t i = 0; i < owners_.size(); ++i) {
        if (optimum.prices[i] > same && sought[owners_[i]]) limits_[owners_[i]] = std::max(0.0, optimum.cost);
      }
    }
  }

  /// With every spread at its limit.
  std::vector<double> of_smallest_norm() {
    LinearProgram program = program_for(std::vector<bool>(equations_.size(), false));
    std::size_t k = 0;
    for (std::size_t e = 0; e < equations_.size(); ++e) {
      for (const LogTerm& term : equations_[e].terms) {
        // Where two terms pull alike, the one that was written first is a little stronger.
        const double weight = 1 + 0.01 / static_cast<double>(k++ + 2);
        program.cost[references_ + e] += weight;
        for (std::size_t j = 0; j < references_; ++j) program.cost[j] -= weight * to_double(term.exponents[j]);
      }
    }
    std::vector<double> x = minimum(program).x;
    x.resize(references_);
    return x;
  }

 private:
  std::size_t unknowns() const { return references_ + equations_.size() + 1; }

  LinearProgram program_for(const std::vector<bool>& sought) {
    LinearProgram program;
    program.cost.assign(unknowns(), 0);
    owners_.clear();
    for (std::size_t e = 0; e < equations_.size(); ++e) {
      for (const LogTerm& term : equations_[e].terms) {
        std::vector<double> above(unknowns(), 0);
        for (std::size_t j = 0; j < references_; ++j) above[j] = -to_double(term.exponents[j]);
        above[references_ + e] = 1;
        program.constraints.push_back({above, term.decades});
        owners_.push_back(e);
        if (!sought[e] && !limits_[e]) continue;
        std::vector<double> within = above;
        for (double& entry : within) entry = -entry;
        within.back() = sought[e] ? 1 : 0;
        program.constraints.push_back({within, -term.decades - (sought[e] ? 0 : *limits_[e])});
        owners_.push_back(e);
      }
    }
    return program;
  }

  const std::vector<LogEquation>& equations_;
  std::size_t references_;
  std::vector<std::optional<double>> limits_;
  std::vector<std::size_t> owners_;  // equation of each constraint
};

std::optional<Monomial> quotient(const std::optional<Monomial>& a, const std::optional<Monomial>& b) {
  if (!a || !b) return std::nullopt;
  return *a * power(*b, -1);
}

Relation equal_terms(const LogTerm& a, const LogTerm& b, const std::string& equation) {
  return {difference(a.exponents, b.exponents), a.decades - b.decades, quotient(a.powers, b.powers),
          a.text + " = " + b.text + " in " + equation};
}

/// What holds at the optimum: equal coefficients in one equation, then equal spreads of two.
std::vector<Relation> relations(const std::vector<LogEquation>& equations, const std::vector<double>& logs) {
  std::vector<Relation> found;
  for (const LogEquation& equation : equations) {
    for (std::size_t i = 0; i < equation.terms.size(); ++i) {
      for (std::size_t k = i + 1; k < equation.terms.size(); ++k) {
        if (std::abs(at(equation.terms[i], logs) - at(equation.terms[k], logs)) > same) continue;
        found.push_back(equal_terms(equation.terms[i], equation.terms[k], equation.name));
      }
    }
  }
  for (std::size_t d = 0; d < equations.size(); ++d) {
    for (std::size_t e = d + 1; e < equations.size(); ++e) {
      const auto [top, bottom] = ends(equations[d], logs);
      const auto [other_top, other_bottom] = ends(equations[e], logs);
      const double width = at(*top, logs) - at(*bottom, logs);
      if (std::abs(width - (at(*other_top, logs) - at(*other_bottom, logs))) > same) continue;
      found.push_back(
          {difference(difference(top->exponents, bottom->exponents),
                      difference(other_top->exponents, other_bottom->exponents)),
           top->decades - bottom->decades - other_top->decades + other_bottom->decades,
           quotient(quotient(top->powers, bottom->powers), quotient(other_top->powers, other_bottom->powers)),
           "equal spreads of " + equations[d].name + " and " + equations[e].name});
    }
  }
  return found;
}

/// Independent relations, those of known powers first, as many as they are.
std::vector<Relation> independent(const std::vector<Relation>& all) {
  std::vector<Relation> chosen;
  std::vector<RationalVector> columns;
  for (const bool exact : {true, false}) {
    for (const Relation& relation : all) {
      if (relation.powers.has_value() != exact) continue;
      const RationalMatrix matrix = RationalMatrix::from_columns(relation.exponents.size(), columns);
      if (solve(matrix, relation.exponents)) continue;
      columns.push_back(relation.exponents);
      chosen.push_back(relation);
    }
  }
  return chosen;
}

std::string definition_text(const Monomial& powers, double number) {
  const std::string text = to_string(powers);
  return std::abs(number - 1) < same ? text : to_string(number) + " " + text;
}

/// Gives reference `j` the value that the relations fix, which must be chosen as `independent` does; false when they do
/// not.
bool decide(const std::vector<Relation>& chosen, std::size_t j, const ConstantValues& values, Reference& reference) {
  if (chosen.empty()) return false;
  std::vector<RationalVector> columns;
  for (const Relation& relation : chosen) columns.push_back(relation.exponents);
  const std::size_t references = chosen.front().exponents.size();
  RationalVector unit(references);
  unit[j] = 1;
  const std::optional<RationalVector> weights = solve(RationalMatrix::from_columns(references, columns), unit);
  if (!weights) return false;
  double decades = 0;
  std::optional<Monomial> powers = Monomial();
  std::string because;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if ((*weights)[i] == 0) continue;
    decades -= to_double((*weights)[i]) * chosen[i].decades;
    powers =
        powers && chosen[i].powers ? std::optional(*powers * power(*chosen[i].powers, -(*weights)[i])) : std::nullopt;
    because += (because.empty() ? "" : ", ") + chosen[i].text;
  }
  reference.si = std::pow(10, decades);
  reference.definition = powers;
  reference.formula = because;
  if (powers) {
    double product = 1;
    for (const auto& [name, exponent] : *powers) product *= std::pow(values.at(name), to_double(exponent));
    const double number = reference.si / product;
    reference.formula = definition_text(*powers, number) + ", from " + because;
    if (std::abs(number - 1) > same) {
      reference.definition.reset();
    } else {
      reference.si = product;  // which the logarithms give to fewer digits
    }
  }
  return true;
}

ConstantValues with_references(ConstantValues values, const std::vector<Reference>& references) {
  for (const Reference& reference : references) values.emplace(reference.name, reference.si);
  return values;
}

}  // namespace

std::vector<Reference> choose_references(const std::vector<NamedResidual>& conditions,
                                         const std::vector<NamedResidual>& equations, std::vector<Reference> known,
                                         std::vector<Reference> open, double temperature_level,
                                         const ConstantValues& values) {
  std::vector<Reference> provisional = known;
  for (Reference& reference : open) {
    reference.si = 1;
    provisional.push_back(reference);
  }
  const Scales scales(provisional, temperature_level);
  const ConstantValues all_values = with_references(values, known);
  std::vector<LogEquation> table;
  std::size_t first_equation = 0;
  for (const auto* group : {&conditions, &equations}) {
    first_equation = table.size();
    for (const NamedResidual& equation : *group) {
      LogEquation entry = log_equation(equation, scales, open, values);
      if (!entry.terms.empty()) table.push_back(std::move(entry));
    }
  }

  std::vector<std::size_t> set_last;  // those like a pressure
  std::vector<LogEquation> spreading = table;
  for (std::size_t j = 0; j < open.size(); ++j) {
    if (!is_pressure_like(j, spreading)) continue;
    set_last.push_back(j);
    for (LogEquation& equation : spreading)
      std::erase_if(equation.terms, [&](const LogTerm& t) { return mentions(t, j); });
  }
  std::vector<bool> sought(open.size(), true);
  for (const std::size_t j : set_last) sought[j] = false;
  if (const std::vector<std::size_t> lost = undetermined(spreading, sought); !lost.empty()) {
    throw ScaleError(
        "neither the equations nor the conditions fix the scale of " + open[lost.front()].dimension.describe(),
        static_cast<int>(lost.front()));
  }

  Spreads spreads(spreading, open.size());
  spreads.minimise(0, first_equation);
  spreads.minimise(first_equation, spreading.size());
  std::vector<double> logs = spreads.of_smallest_norm();
  std::vector<Relation> holds = relations(spreading, logs);
  for (const std::size_t j : set_last) {
    // Its largest demand: beside the largest of the other terms, in the equation where that is largest.
    std::optional<Relation> dominant;
    double largest = 0;
    for (const LogEquation& equation : table) {
      const LogTerm* own = nullptr;
      const LogTerm* other = nullptr;
      for (const LogTerm& term : equation.terms) {
        if (mentions(term, j)) {
          own = &term;
        } else if (std::none_of(set_last.begin(), set_last.end(),
                                [&](std::size_t k) { return k > j && mentions(term, k); }) &&
                   (other == nullptr || at(term, logs) > at(*other, logs) + same)) {
          other = &term;
        }
      }
      if (own == nullptr) continue;
      logs[j] = 0;
      const double demand = (at(*other, logs) - at(*own, logs)) / to_double(own->exponents[j]);
      if (dominant && demand <= largest + same) continue;
      largest = demand;
      dominant = equal_terms(*own, *other, equation.name);
    }
    logs[j] = largest;
    holds.push_back(*dominant);
  }

  const std::vector<Relation> chosen = independent(holds);
  for (std::size_t j = 0; j < open.size(); ++j) {
    if (!decide(chosen, j, all_values, open[j])) {
      open[j].si = std::pow(10, logs[j]);
      open[j].formula = "smallest spread of the coefficients";
      open[j].definition.reset();
    }
    known.push_back(open[j]);
  }
  return known;
}

std::vector<Reference> balanced_references(const std::vector<Balance>& balances, const std::vector<Reference>& open,
                                           const ConstantValues& values) {
  std::vector<Relation> chosen;
  std::vector<RationalVector> columns;
  for (std::size_t i = 0; i < balances.size(); ++i) {
    const Balance& balance = balances[i];
    const Monomial product = balance.left * power(balance.right, -1);
    Relation relation{exponents_in(product, open), std::log10(balance.number), without(product, open), balance.text};
    for (const auto& [name, exponent] : *relation.powers) {
      relation.decades += to_double(exponent) * std::log10(values.at(name));
    }
    if (const auto weights = solve(RationalMatrix::from_columns(open.size(), columns), relation.exponents)) {
      double implied = 0;
      for (std::size_t k = 0; k < chosen.size(); ++k) implied += to_double((*weights)[k]) * chosen[k].decades;
      const bool agrees = std::abs(implied - relation.decades) < same;
      const std::string before = columns.empty() ? "the constants" : "the balances before it";
      throw ScaleError(agrees ? balance.text + " follows from " + before
                              : balance.text + " contradicts " + before + ": its sides differ by a factor of " +
                                    to_string(std::pow(10, std::abs(relation.decades - implied)), 3),
                       static_cast<int>(i));
    }
    columns.push_back(relation.exponents);
    chosen.push_back(std::move(relation));
  }
  std::vector<Reference> decided;
  for (std::size_t j = 0; j < open.size(); ++j) {
    Reference reference = open[j];
    if (decide(chosen, j, values, reference)) decided.push_back(std::move(reference));
  }
  return decided;
}

double spread(const DimensionlessResidual& residual) {
  double smallest = 1;
  for (const DimensionlessResidual::Term& term : residual.terms()) {
    smallest = std::min(smallest, std::abs(term.coefficient));
  }
  return -std::log10(smallest);
}

}  // namespace nusselt
