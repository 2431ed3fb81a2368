// The dimensionless groups of a case: those that its equations contain, by the field's names.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "nondim/groups.hpp"
#include "nondim/nondimensionalize.hpp"
#include "physics/system.hpp"
#include "solver/case/constants.hpp"

namespace nusselt {

class CaseGroups {
 public:
  CaseGroups() = default;
  CaseGroups(const System& system, const Scales& scales, const Constants& constants,
             const std::vector<DimensionlessResidual>& equations);

  const std::vector<Group>& all() const { return groups_; }
  /// A coefficient as a product of powers of the groups, exactly; nothing where it is none.
  std::optional<Monomial> exponents_of(const DimensionlessResidual::Term& term) const;
  /// The same as text, "Ra^(-1/2) Pr^(1/2)", with the plain number that remains; empty when it is no such product, or a
  /// plain number.
  std::string text_of(const DimensionlessResidual::Term& term) const;
  /// The value of such a product.
  double value_of(const Monomial& exponents) const;

 private:
  Monomial reduced(const Monomial& monomial) const;
  /// References that are power products of other references and of the physics' constants: no variables of their own.
  /// With U = sqrt(g*beta*dT*L) the Richardson number is 1 and not a group.
  std::map<std::string, Monomial> definitions_;
  std::vector<Group> groups_;
};

}  // namespace nusselt
