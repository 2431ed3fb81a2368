#include "nondim/groups.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "nondim/units.hpp"

namespace nusselt {
namespace {

// Air in a cavity, no value equal to 1.
const std::map<std::string, double> air = {{"rho", 1.2},     {"mu", 1.8e-5}, {"cp", 1005},   {"k", 0.0257},
                                           {"beta", 3.4e-3}, {"g", 9.81},    {"dT", 10},     {"L", 0.02},
                                           {"U", 0.05},      {"nu", 1.5e-5}, {"alpha", 2e-5}};

Monomial one(const std::string& name) { return {{name, 1}}; }

std::map<std::string, Monomial> roles(const std::vector<std::string>& names) {
  std::map<std::string, Monomial> result;
  for (const std::string& name : names) result[name] = one(name);
  return result;
}
const std::map<std::string, Monomial> flow_roles = roles({"L", "U", "rho", "mu", "cp", "k", "beta", "g", "dT"});

std::vector<std::string> names(const std::vector<Group>& groups) {
  std::vector<std::string> result;
  for (const Group& group : groups) result.push_back(group.name);
  return result;
}

const Monomial inverse_re = {{"mu", 1}, {"rho", -1}, {"U", -1}, {"L", -1}};
const Monomial inverse_pe = {{"k", 1}, {"rho", -1}, {"cp", -1}, {"U", -1}, {"L", -1}};
const Monomial richardson = {{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 1}, {"U", -2}};

// Replaces U by the free-fall velocity (g beta dT L)^(1/2).
Monomial free_fall(Monomial monomial) {
  const Rational e = monomial["U"];
  monomial.erase("U");
  return monomial * power({{"g", 1}, {"beta", 1}, {"dT", 1}, {"L", 1}}, e * Rational(1, 2));
}

TEST(NamedGroups, NaturalConvectionHasTwo) {
  const std::vector<Monomial> relevant = {free_fall(inverse_re), free_fall(inverse_pe), free_fall(richardson)};
  EXPECT_TRUE(relevant[2].empty());
  auto case_roles = flow_roles;
  case_roles["U"] = free_fall(one("U"));
  const std::vector<Group> groups = named_groups(relevant, case_roles, air);
  ASSERT_EQ(names(groups), (std::vector<std::string>{"Ra", "Pr"}));

  const double ra = 9.81 * 3.4e-3 * 10 * std::pow(0.02, 3) * 1.2 * 1.2 * 1005 / (1.8e-5 * 0.0257);
  EXPECT_NEAR(groups[0].value / ra, 1, 1e-14);
  EXPECT_NEAR(groups[1].value / (1.8e-5 * 1005 / 0.0257), 1, 1e-14);
  EXPECT_EQ(to_string(groups[0].powers), "L^3 beta cp dT g rho^2 / (k mu)");
  EXPECT_EQ(to_string(groups[1].powers), "cp mu / k");
  EXPECT_EQ(groups[0].meaning, "buoyancy against diffusion of momentum and heat");

  const Rational half(1, 2);
  EXPECT_EQ(in_groups(relevant[0], groups), (Monomial{{"Ra", -half}, {"Pr", half}}));
  EXPECT_EQ(in_groups(relevant[1], groups), (Monomial{{"Ra", -half}, {"Pr", -half}}));
  EXPECT_EQ(in_groups(relevant[2], groups), Monomial{});
  EXPECT_EQ(in_groups(richardson, groups), std::nullopt);
}

TEST(NamedGroups, MixedConvectionHasThree) {
  const std::vector<Group> groups = named_groups({inverse_re, inverse_pe, richardson}, flow_roles, air);
  ASSERT_EQ(names(groups), (std::vector<std::string>{"Ra", "Pr", "Re"}));
  EXPECT_NEAR(groups[2].value / (1.2 * 0.05 * 0.02 / 1.8e-5), 1, 1e-14);
  EXPECT_EQ(in_groups(inverse_re, groups), (Monomial{{"Re", -1}}));
  EXPECT_EQ(in_groups(inverse_pe, groups), (Monomial{{"Pr", -1}, {"Re", -1}}));
  EXPECT_EQ(in_groups(richardson, groups), (Monomial{{"Ra", 1}, {"Pr", -1}, {"Re", -2}}));
}

TEST(NamedGroups, OnlyThoseOfTheEquations) {
  EXPECT_EQ(names(named_groups({inverse_re}, flow_roles, air)), (std::vector<std::string>{"Re"}));
  EXPECT_EQ(names(named_groups({inverse_re, inverse_pe}, flow_roles, air)), (std::vector<std::string>{"Pr", "Re"}));
  EXPECT_EQ(names(named_groups({inverse_pe}, flow_roles, air)), (std::vector<std::string>{"Pe"}));
  EXPECT_TRUE(named_groups({}, flow_roles, air).empty());
  EXPECT_TRUE(named_groups({Monomial{}}, flow_roles, air).empty());
}

TEST(NamedGroups, KinematicPropertiesServeAsWell) {
  const std::vector<Monomial> relevant = {{{"nu", 1}, {"U", -1}, {"L", -1}}, {{"alpha", 1}, {"U", -1}, {"L", -1}}};
  const std::vector<Group> groups = named_groups(relevant, roles({"L", "U", "nu", "alpha"}), air);
  ASSERT_EQ(names(groups), (std::vector<std::string>{"Pr", "Re"}));
  EXPECT_NEAR(groups[0].value, 0.75, 1e-15);
}

TEST(NamedGroups, AMissingRoleSkipsTheGroup) {
  const std::vector<Group> groups = named_groups({inverse_re, richardson}, roles({"L", "U", "rho", "mu"}), air);
  ASSERT_EQ(names(groups), (std::vector<std::string>{"Re", "Pi_1"}));
  EXPECT_EQ(groups[1].powers, richardson);
  EXPECT_EQ(groups[1].meaning, "");
  EXPECT_NEAR(groups[1].value, 9.81 * 3.4e-3 * 10 * 0.02 / (0.05 * 0.05), 1e-12);
}

TEST(NamedGroups, UnnamedGroupsHaveIntegerPowers) {
  const std::vector<Group> groups =
      named_groups({{{"a", Rational(1, 2)}, {"b", Rational(-1, 3)}}, {{"a", 3}, {"b", -2}}, {{"c", 2}}}, {},
                   {{"a", 4}, {"b", 2}, {"c", 3}});
  ASSERT_EQ(names(groups), (std::vector<std::string>{"Pi_1", "Pi_2"}));
  EXPECT_EQ(groups[0].powers, (Monomial{{"a", 3}, {"b", -2}}));
  EXPECT_DOUBLE_EQ(groups[0].value, 16);
  EXPECT_EQ(groups[1].powers, (Monomial{{"c", 1}}));
}

TEST(NamedGroups, EveryGroupOfTheTableIsDimensionless) {
  // Offers one group at a time; each must be found alone, under its name, and have no dimension.
  const std::map<std::string, Dimension> dimensions = {{"L", dimension_of<Length>()},
                                                       {"U", dimension_of<Velocity>()},
                                                       {"rho", dimension_of<Density>()},
                                                       {"mu", dimension_of<DynamicViscosity>()},
                                                       {"cp", dimension_of<SpecificHeat>()},
                                                       {"k", dimension_of<Conductivity>()},
                                                       {"beta", dimension_of<Expansion>()},
                                                       {"g", dimension_of<Acceleration>()},
                                                       {"dT", dimension_of<Temperature>()},
                                                       {"t", dimension_of<Time>()},
                                                       {"h", dimension_of<HeatTransferCoefficient>()},
                                                       {"K", dimension_of<Area>()},
                                                       {"q", dimension_of<PowerDensity>()},
                                                       {"sigma", dimension_of<SurfaceTension>()},
                                                       {"a", dimension_of<Velocity>()},
                                                       {"D", dimension_of<Diffusivity>()},
                                                       {"beta_C", dimension_of<Per<Volume, Amount>>()},
                                                       {"dC", dimension_of<Per<Amount, Volume>>()}};
  std::map<std::string, Monomial> all_roles;
  std::map<std::string, double> values;
  for (const auto& [name, dimension] : dimensions) {
    all_roles[name] = one(name);
    values[name] = 2;
  }
  const std::vector<Monomial> offers = {
      power(inverse_re, -1),
      power(inverse_pe, -1),
      richardson,
      inverse_re * power(inverse_pe, -1),
      richardson * power(inverse_re, -2),
      richardson * power(inverse_re, -1) * power(inverse_pe, -1),
      {{"U", 2}, {"cp", -1}, {"dT", -1}},
      {{"mu", 1}, {"U", 2}, {"k", -1}, {"dT", -1}},
      {{"h", 1}, {"L", 1}, {"k", -1}},
      {{"k", 1}, {"t", 1}, {"rho", -1}, {"cp", -1}, {"L", -2}},
      {{"K", 1}, {"L", -2}},
      {{"h", 1}, {"rho", -1}, {"cp", -1}, {"U", -1}},
      {{"rho", 1}, {"U", 2}, {"L", 1}, {"sigma", -1}},
      {{"U", 1}, {"a", -1}},
      {{"L", 1}, {"t", -1}, {"U", -1}},
      {{"q", 1}, {"L", 2}, {"k", -1}, {"dT", -1}},
      {{"k", 1}, {"rho", -1}, {"cp", -1}, {"D", -1}},
      {{"mu", 1}, {"rho", -1}, {"D", -1}},
      {{"beta_C", 1}, {"dC", 1}, {"beta", -1}, {"dT", -1}},
  };
  std::vector<std::string> found;
  for (const Monomial& offer : offers) {
    const std::vector<Group> groups = named_groups({offer}, all_roles, values);
    ASSERT_EQ(groups.size(), 1u);
    EXPECT_EQ(groups[0].powers, offer);
    EXPECT_FALSE(groups[0].meaning.empty());
    Dimension dimension;
    for (const auto& [name, e] : groups[0].powers) dimension = dimension * dimensions.at(name).power(e);
    EXPECT_TRUE(dimension.is_dimensionless()) << groups[0].name;
    found.push_back(groups[0].name);
  }
  EXPECT_EQ(found, (std::vector<std::string>{"Re", "Pe", "Ri", "Pr", "Gr", "Ra", "Ec", "Br", "Bi", "Fo", "Da", "St",
                                             "We", "Ma", "Sr", "Po", "Le", "Sc", "N"}));
}

TEST(NamedGroups, SayWhichValueIsMissingOrWrong) {
  const auto message = [](const std::map<std::string, double>& values) -> std::string {
    try {
      named_groups({{{"U", 1}, {"L", 1}, {"nu", -1}}}, roles({"U", "L", "nu"}), values);
    } catch (const std::invalid_argument& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(message({{"U", 1}, {"L", 1}}), "the group Re = L U / nu needs the value of nu");
  EXPECT_EQ(message({{"U", -2}, {"L", 1}, {"nu", 1}}), "the group Re = L U / nu is -2; it must be positive and finite");
  EXPECT_EQ(message({{"U", 1}, {"L", 1}, {"nu", 0}}), "the group Re = L U / nu is inf; it must be positive and finite");
}

TEST(PiBasis, OfPipeFlow) {
  const std::vector<Monomial> basis = pi_basis({{"rho", dimension_of<Density>()},
                                                {"U", dimension_of<Velocity>()},
                                                {"L", dimension_of<Length>()},
                                                {"mu", dimension_of<DynamicViscosity>()}});
  ASSERT_EQ(basis.size(), 1u);
  EXPECT_EQ(basis[0], power(inverse_re, -1));
}

TEST(PiBasis, MultipliesByTheLeastCommonMultiple) {
  // c = a^(1/2) b^(1/3): the kernel (-1/2, -1/3, 1) times its largest denominator is not integer.
  const std::vector<Monomial> basis = pi_basis(
      {{"a", dimension_of<Area>()}, {"b", dimension_of<Power<Time, 3>>()}, {"c", dimension_of<Times<Length, Time>>()}});
  ASSERT_EQ(basis.size(), 1u);
  EXPECT_EQ(basis[0], (Monomial{{"a", 3}, {"b", 2}, {"c", -6}}));
}

TEST(PiBasis, TakesFractionalDimensions) {
  // Thermal effusivity W s^(1/2) m-2 K-1 against k, rho, cp.
  const Dimension effusivity = dimension_of<Times<HeatTransferCoefficient, Power<Time, 1, 2>>>();
  const std::vector<Monomial> basis = pi_basis({{"e", effusivity},
                                                {"k", dimension_of<Conductivity>()},
                                                {"rho", dimension_of<Density>()},
                                                {"cp", dimension_of<SpecificHeat>()}});
  ASSERT_EQ(basis.size(), 1u);
  EXPECT_EQ(basis[0], (Monomial{{"e", 2}, {"k", -1}, {"rho", -1}, {"cp", -1}}));
}

TEST(PiBasis, OfNineVariablesHasFiveGroupsWithSmallPowers) {
  const std::vector<Variable> variables = {
      {"L", dimension_of<Length>()},        {"U", dimension_of<Velocity>()},
      {"rho", dimension_of<Density>()},     {"mu", dimension_of<DynamicViscosity>()},
      {"cp", dimension_of<SpecificHeat>()}, {"k", dimension_of<Conductivity>()},
      {"g", dimension_of<Acceleration>()},  {"beta", dimension_of<Expansion>()},
      {"dT", dimension_of<Temperature>()}};
  const std::vector<Monomial> basis = pi_basis(variables);
  ASSERT_EQ(basis.size(), 5u);
  std::vector<Group> groups;
  for (const Monomial& monomial : basis) {
    Dimension dimension;
    for (const auto& [name, e] : monomial) {
      EXPECT_EQ(e.denominator(), 1);
      EXPECT_LE(boost::abs(e), Rational(3)) << to_string(monomial);
      for (const Variable& v : variables) dimension = v.name == name ? dimension * v.dimension.power(e) : dimension;
    }
    EXPECT_TRUE(dimension.is_dimensionless()) << to_string(monomial);
    groups.push_back({"Pi_" + std::to_string(groups.size() + 1), monomial, 1, ""});
  }
  // Saturated: the named groups are integer products of the basis.
  for (const Monomial& named : {power(inverse_re, -1), power(inverse_pe, -1), richardson}) {
    const auto exponents = in_groups(named, groups);
    ASSERT_TRUE(exponents);
    for (const auto& [name, e] : *exponents) EXPECT_EQ(e.denominator(), 1);
  }
}

TEST(PiBasis, MayBeEmpty) {
  EXPECT_TRUE(pi_basis({{"L", dimension_of<Length>()}, {"t", dimension_of<Time>()}}).empty());
  EXPECT_EQ(pi_basis({{"angle", Dimension()}}), (std::vector<Monomial>{{{"angle", 1}}}));
}

}  // namespace
}  // namespace nusselt
