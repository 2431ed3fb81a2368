// What was understood of a case, as text for people.
#include <fmt/format.h>

#include <algorithm>

#include "nondim/scale_choice.hpp"
#include "solver/case/balancing_rules.hpp"
#include "solver/case/case.hpp"
#include "solver/case/condition_count.hpp"
#include "solver/case/estimate.hpp"
#include "solver/case/ladder.hpp"
#include "solver/case/scaling.hpp"

namespace nusselt {

namespace {

std::string fixed_width(const std::string& text, std::size_t width) {
  return text.size() >= width ? text : text + std::string(width - text.size(), ' ');
}

std::string without_trailing_blanks(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') result.erase(result.find_last_not_of(' ') + 1);
    result += c;
  }
  result.erase(result.find_last_not_of(' ') + 1);
  return result;
}

std::string with_unit(double si, const Dimension& dimension) {
  return to_string(si) + (dimension.is_dimensionless() ? "" : " " + dimension.unit());
}

/// The field whose pure second derivative along `axis` a factor is, with what multiplies it; empty when it is none.
struct SecondDerivative {
  std::string field;
  Axis axis;
};
std::optional<SecondDerivative> pure_second(const Expression& factor) {
  if (factor.kind() != Expression::Kind::field || factor.order() != 2) return std::nullopt;
  for (int axis = 0; axis < axis_count; ++axis) {
    if (factor.index()[axis] == 2) return SecondDerivative{factor.name(), static_cast<Axis>(axis)};
  }
  return std::nullopt;
}

struct PrintedTerm {
  double coefficient;
  std::string factor;
};

/// Second derivatives along all axes with one coefficient are printed as the Laplacian they came from.
std::vector<PrintedTerm> printed_terms(const DimensionlessResidual& residual, const Box& box) {
  std::vector<PrintedTerm> printed;
  std::vector<std::string> laplacians;
  for (const DimensionlessResidual::Term& term : residual.terms()) {
    const auto second = pure_second(term.factor);
    if (second) {
      const std::string name = "lap(" + second->field + ")";
      const auto matching = std::count_if(residual.terms().begin(), residual.terms().end(),
                                          [&](const DimensionlessResidual::Term& other) {
                                            const auto also = pure_second(other.factor);
                                            return also && also->field == second->field && also->axis != axis_t &&
                                                   std::abs(other.coefficient - term.coefficient) < 1e-12;
                                          });
      const int space = box.dimensions() - (box.axes[axis_t] ? 1 : 0);
      if (matching == space && space > 1) {
        if (std::find(laplacians.begin(), laplacians.end(), name) == laplacians.end()) {
          laplacians.push_back(name);
          printed.push_back({term.coefficient, name});
        }
        continue;
      }
    }
    printed.push_back({term.coefficient, to_string(term.factor)});
  }
  return printed;
}

std::string constants_section(const Case& c) {
  std::string text = "Constants\n";
  for (const Constant& constant : c.constants.all()) {
    text += "  " + fixed_width(constant.name, 8) + fixed_width(with_unit(constant.si, constant.dimension), 26) +
            constant.text + "\n";
  }
  return text;
}

std::string scales_section(const Case& c) {
  std::string text = "Scales (every dimension is measured in a power product of the references)\n";
  for (const Reference& reference : c.scales.references()) {
    text += "  " + fixed_width(reference.name, 8) + fixed_width(with_unit(reference.si, reference.dimension), 26) +
            "reference: " + reference.formula + "\n";
  }
  for (const System::Field& field : c.system.fields()) {
    const Dimension& dimension = field.symbol.dimension();
    const double level = field_level(field.symbol, c.scales);
    const auto own = c.scales.fields().find(field.name);
    const std::string origin = own == c.scales.fields().end()
                                   ? "= " + to_string(c.scales.exponents(dimension))
                                   : "= " + own->second.name + ", its own: " + own->second.formula;
    text += "  " + fixed_width(field.name, 8) +
            fixed_width(with_unit(field_scale(field.symbol, c.scales), dimension), 26) + origin +
            (level == 0 ? "" : ", measured from " + with_unit(level, dimension)) + "\n";
  }
  text += "  scaling: " + c.scaling + ". Largest spread of the coefficients in one equation, in decades:\n   ";
  for (const ScalingSpread& each :
       compared_scalings({c.document.root(), c.system, c.domain, c.constants, c.conditions})) {
    text += " " + each.name + fmt::format(" {:.2f}", each.decades) + ";";
  }
  text.back() = '\n';
  return text;
}

std::string groups_section(const Case& c) {
  if (c.groups.all().empty()) return "Dimensionless groups: none\n";
  std::string text = "Dimensionless groups\n";
  for (const Group& group : c.groups.all()) {
    text += "  " + fixed_width(group.name, 8) + fixed_width(to_string(group.value), 26) + to_string(group.powers) +
            (group.meaning.empty() ? "" : "  (" + group.meaning + ")") + "\n";
  }
  return text;
}

std::string equations_section(const Case& c) {
  std::string text = "Equations, dimensionless\n";
  for (const DimensionlessResidual& equation : c.equations) {
    text += "  " + fixed_width(equation.name() + ":", 14) + equation_text(equation, c) + "\n";
    text += "  " + std::string(14, ' ') + "divided by " + equation.scale_formula() + " = " +
            with_unit(equation.scale(), equation.dimension());
    std::vector<std::string> explained;
    for (const DimensionlessResidual::Term& term : equation.terms()) {
      const std::string in_groups = c.groups.text_of(term);
      const std::string line = to_string(std::abs(term.coefficient)) + " = " + in_groups;
      if (!in_groups.empty() && std::find(explained.begin(), explained.end(), line) == explained.end()) {
        explained.push_back(line);
      }
    }
    if (const Node* factor = c.document.root().find_path("residual_factors." + equation.name())) {
      text += ", multiplied by " + factor->text;
    }
    for (const std::string& line : explained) text += "; " + line;
    if (spread(equation) > 0) text += fmt::format("; spread {:.1f} decades", spread(equation));
    text += "\n";
  }
  return text;
}

std::string optimizer_section(const Case& c) {
  return "Optimizer\n  " + c.settings.optimizer.name + " (" + c.settings.optimizer.reason + ")\n";
}

/// Empty where the network starts from random weights.
std::string start_section(const Case& c) {
  if (c.start.residuals.empty()) return "";
  std::string text = "\nStart (the network is first fitted to these fields and the equations together, at most " +
                     std::to_string(c.start.steps) + " steps)\n";
  for (const DimensionlessResidual& field : c.start.residuals) {
    text += "  " + fixed_width(field.name() + ":", 8) + " " + equation_text(field, c) + "\n";
  }
  return text;
}

/// Empty where every residual counts as it is.
std::string weights_section(const Case& c) {
  const std::string moments = weight_moments(c.settings);
  return moments.empty() ? "" : "\nWeights of the residuals\n" + moments;
}

/// As a factor: a sum in parentheses.
std::string in_product(const Expression& expression) {
  const std::string text = to_string(expression);
  return expression.kind() == Expression::Kind::sum ? "(" + text + ")" : text;
}

std::string conditions_section(const Case& c) {
  std::string text = "Conditions\n";
  for (const TrialField& trial : c.trials) {
    for (const TrialField::Derived& one : trial.gives) {
      text += "  " + fixed_width(one.field, 8) + "of the stream function " + trial.field + ": " + one.field + " = " +
              to_string(one.value) + "\n";
    }
    if (trial.hard_faces.empty() && !trial.has_known_part) continue;
    std::string faces;
    for (const Face& face : trial.hard_faces) faces += (faces.empty() ? "" : ", ") + face.name();
    // A known part is a page of text once it is scaled; the case shows it as it was written.
    const std::string lift = trial.lift.is_zero() ? "" : to_string(trial.lift) + " + ";
    const std::string known = faces.empty() ? "known part + " : "known part, completed on the faces, + ";
    const std::string distance = trial.distance == Expression::number(1) ? "" : in_product(trial.distance) + "*";
    text += "  " + fixed_width(trial.field, 8) + (faces.empty() ? "" : "exact on " + faces + ": ") + trial.field +
            " = " + (trial.has_known_part ? known : lift) + distance + "N_" + trial.field + "\n";
  }
  for (const SoftCondition& soft : c.soft_conditions) {
    text += "  " + fixed_width(soft.residual.name() + ":", 8) + " " + equation_text(soft.residual, c) +
            (soft.of_mean ? "  (in the mean, in the least-squares sense)\n" : "  (in the least-squares sense)\n");
  }
  return text;
}

std::string derivatives_section(const Case& c) {
  std::string text = "Derivatives that the equations need\n";
  for (const NeededDerivatives& needed : needed_derivatives(c.system)) {
    std::string operators;
    for (const std::string& name : needed.operators) operators += (operators.empty() ? "" : " ") + name;
    text += "  " + fixed_width(needed.field, 8) + (operators.empty() ? "none" : operators) + "\n";
  }
  return text;
}

/// One line for each face: what is given of what is needed.
std::string condition_counts_section(const Case& c) {
  constexpr std::size_t column = 10;
  std::size_t faces = 7;
  for (const std::string& name : c.domain.face_names()) faces = std::max(faces, name.size());
  std::string text = "Conditions given, of those needed\n  " + fixed_width("face", faces) + " ";
  for (const System::Field& field : c.system.fields()) text += fixed_width(field.name, column);
  std::string face;
  for (const ConditionCount& count : count_conditions(c.system, c.domain, c.conditions)) {
    if (count.face.name() != face) text += "\n  " + fixed_width(face = count.face.name(), faces) + " ";
    const bool nothing = count.needed == 0 && count.given == 0;
    text += fixed_width(nothing ? "-" : std::to_string(count.given) + " of " + std::to_string(count.needed), column);
  }
  return without_trailing_blanks(text) + "\n";
}

std::string ladder_section(const Case& c) {
  const std::vector<Rung> rungs = read_ladder(c);
  if (rungs.size() == 1) return "";
  if (c.windows > 1) {
    return "\nWindows of time (each has a network of its own and starts from what the one before it ended with; at "
           "most " +
           std::to_string(c.settings.optimizer.steps) + " steps each)\n  " + std::to_string(rungs.size()) + " of " +
           to_string((c.box.upper[axis_t] - c.box.lower[axis_t]) / c.windows) + " s\n";
  }
  std::string text = "\nLadder (each rung starts from the weights, the dimensionless output, of the one before)\n";
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    text += "  " + std::to_string(i + 1) + "  " + rungs[i].name;
    if (i + 1 == rungs.size()) {
      text += ", the case itself\n";
    } else {
      const Settings& settings = rungs[i].the_case.settings;
      text += ", at most " + std::to_string(settings.optimizer.steps) + " steps, until residuals are below " +
              to_string(settings.criteria.residual, 3) + "\n";
    }
  }
  return text;
}

}  // namespace

std::string equation_text(const DimensionlessResidual& residual, const Case& the_case) {
  std::string text;
  for (const PrintedTerm& term : printed_terms(residual, the_case.box)) {
    const double size = std::abs(term.coefficient);
    const bool negative = term.coefficient < 0;
    text += text.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ");
    if (term.factor == "1") {
      text += to_string(size, 5);
    } else {
      text += (size == 1 ? "" : to_string(size, 5) + "*") + term.factor;
    }
  }
  return text + " = 0";
}

std::string describe(const Case& c) {
  std::string text = c.name + (c.title.empty() ? "" : ": " + c.title) + "\n\n";
  text += constants_section(c) + "\n" + scales_section(c) + "\n" + groups_section(c) + "\n" + equations_section(c) +
          "\n" + derivatives_section(c) + "\n" + condition_counts_section(c) + "\n" + conditions_section(c) + "\n" +
          describe(estimate(c), c) + "\n" + optimizer_section(c) + start_section(c) + weights_section(c) +
          ladder_section(c);
  for (const std::string& warning : c.warnings) text += "\nwarning: " + warning;
  for (const std::string& note : c.notes) text += "\nnote: " + note;
  if (!c.warnings.empty() || !c.notes.empty()) text += "\n";
  return text;
}

}  // namespace nusselt
