#include "solver/case/roles.hpp"

#include <algorithm>
#include <stdexcept>

namespace nusselt {

namespace {

struct Role {
  const char* letter;
  Dimension dimension;
  bool alone;  // whether a constant plays it by its dimension
};

const std::vector<Role>& constant_letters() {
  static const std::vector<Role> letters = {
      {"rho", dimension_of<Density>(), true},
      {"mu", dimension_of<DynamicViscosity>(), true},
      {"nu", dimension_of<KinematicViscosity>(), false},
      {"cp", dimension_of<SpecificHeat>(), true},
      {"k", dimension_of<Conductivity>(), true},
      {"alpha", dimension_of<Diffusivity>(), false},
      {"D", dimension_of<Diffusivity>(), false},
      {"beta", dimension_of<Expansion>(), true},
      {"g", dimension_of<Acceleration>(), true},
      {"K", dimension_of<Area>(), true},
      {"h", dimension_of<HeatTransferCoefficient>(), true},
      {"q", dimension_of<PowerDensity>(), true},
      {"sigma", dimension_of<SurfaceTension>(), true},
      {"a", dimension_of<Velocity>(), false},
  };
  return letters;
}

}  // namespace

std::map<std::string, Monomial> constant_roles(const System& system) {
  std::map<std::string, Monomial> played;
  for (const Role& role : constant_letters()) {
    const std::vector<std::string> candidates = candidates_for(role.letter, system);
    const bool named = std::find(candidates.begin(), candidates.end(), role.letter) != candidates.end();
    if (named || (role.alone && candidates.size() == 1)) {
      played[role.letter] = {{named ? role.letter : candidates.front(), Rational(1)}};
    }
  }
  return played;
}

Dimension role_dimension(const std::string& role) {
  static const std::map<std::string, Dimension> references = {{"L", dimension_of<Length>()},
                                                              {"U", dimension_of<Velocity>()},
                                                              {"P", dimension_of<Pressure>()},
                                                              {"dT", dimension_of<Temperature>()},
                                                              {"t", dimension_of<Time>()}};
  if (const auto found = references.find(role); found != references.end()) return found->second;
  for (const Role& letter : constant_letters()) {
    if (letter.letter == role) return letter.dimension;
  }
  throw std::out_of_range("no letter '" + role + "'");
}

std::vector<std::string> candidates_for(const std::string& role, const System& system) {
  const Dimension dimension = role_dimension(role);
  std::vector<std::string> names;
  for (const System::Constant& constant : system.constants()) {
    if (constant.dimension == dimension) names.push_back(constant.name);
  }
  return names;
}

}  // namespace nusselt
