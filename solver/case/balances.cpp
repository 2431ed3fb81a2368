#include "solver/case/balances.hpp"

#include <utility>
#include <vector>

#include "solver/case/formulas.hpp"
#include "solver/case/key_table.hpp"

namespace nusselt {

namespace {

Expression read_part_of_balance(const Node& root, const std::string& key, const Scope& scope, const Dimension& wanted) {
  const Node* node = root.find_path(key);
  if (node == nullptr) return Expression::zero();
  try {
    const Expression part = parse_formula(node->text, scope).expression;
    require_derivatives(part, 0);
    if (!part.is_zero() && part.dimension() != wanted) {
      throw TextError("beside the flux it is " + wanted.describe() + ", got " + part.dimension().describe(), 0);
    }
    return part;
  } catch (const TextError& error) {
    throw located(error, *node, key);
  }
}

}  // namespace

std::array<Expression, 3> along_axes(const SpaceTensor& vector, const Axes& axes) {
  std::array<Expression, 3> components = {Expression::zero(), Expression::zero(), Expression::zero()};
  const std::vector<Axis> space = space_axes(axes);
  for (std::size_t i = 0; i < space.size(); ++i) components[space[i]] = vector.parts[i];
  return components;
}

void read_balances(const Node& root, const Constants& constants, System& system) {
  const Node* section = root.find("balances");
  if (section == nullptr) return;
  const Scope scope = case_scope(root, system, constants);
  for (const Entry& entry : section->entries) {
    const std::string key = "balances." + entry.key;
    const Node& node = require(root, key + ".flux");
    SpaceTensor flux;
    try {
      flux = parse_tensor(node.text, scope).value;
      if (flux.rank != 1) {
        throw TextError("a flux is a vector, got " + rank_in_words(flux), 0,
                        "for example -k*grad(T), or vec(...) of components");
      }
      for (const Expression& part : flux.parts) require_derivatives(part, 0);
    } catch (const TextError& error) {
      throw located(error, node, key + ".flux");
    }
    const Dimension source = flux.dimension() / Dimension::of(Dimension::length);
    const Dimension density = source * Dimension::of(Dimension::time);
    if (root.find_path(key + ".density") != nullptr && !system.is_transient()) {
      throw InputError(require(root, key + ".density").place, key + ".density: nothing is stored in a steady case",
                       "leave it out");
    }
    std::vector<System::Share> shares;
    for (const System::Equation& equation : system.equations()) {
      if (equation.name != entry.key) continue;
      if (equation.residual.dimension() != source) {
        throw InputError(node.place,
                         key + ".flux: the divergence of the flux is " + source.describe() +
                             ", the terms of the equation " + entry.key + " are " +
                             equation.residual.dimension().describe(),
                         "a balance by another name belongs to no equation");
      }
      shares.push_back(System::whole(entry.key));
    }
    system.add_balance({entry.key, along_axes(flux, system.axes()),
                        read_part_of_balance(root, key + ".density", scope, density),
                        read_part_of_balance(root, key + ".source", scope, source), std::move(shares)});
  }
}

}  // namespace nusselt
