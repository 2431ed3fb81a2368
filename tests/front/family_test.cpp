// Constants that are inputs of the network: a case as a family.
#include <cmath>

#include "case_folder.hpp"

namespace nusselt {
namespace {

class FamilyTest : public CaseFolder {
 protected:
  /// A cavity whose expansion follows from a Rayleigh number over a range.
  static std::string family(const std::string& number = "{range: [1e3, 1e5], scale: log, reference: 1e4}") {
    return replaced(small_cavity, "  beta: 1/T0\n", "  Ra: " + number + "\n  beta: Ra*mu*k/(rho^2*cp*g*dT*L^3)\n");
  }
  Case whole(const std::string& text) const { return case_of(text, folder_); }
};

TEST_F(FamilyTest, HasTheConstantAsACoordinateOfTheNetwork) {
  const Case c = whole(family());
  ASSERT_EQ(c.constants.inputs().size(), 1u);
  EXPECT_EQ(c.settings.network.inputs, 3);
  EXPECT_EQ(c.settings.network.constants, 0);
  EXPECT_EQ(c.input_columns(), std::vector<std::string>{"Ra/reference"});
  ASSERT_EQ(c.scaled_lower().size(), 3u);
  EXPECT_NEAR(c.scaled_lower()[2], std::log(0.1), 1e-12);
  EXPECT_NEAR(c.scaled_upper()[2], std::log(10.0), 1e-12);
  EXPECT_EQ(c.settings.network.upper, c.scaled_upper());
}

TEST_F(FamilyTest, HasCoefficientsThatAreExpressionsOfIt) {
  const Case c = whole(family());
  const DimensionlessResidual& momentum = c.equations[2];
  ASSERT_EQ(momentum.name(), "momentum_y");
  const auto at = [&](double coordinate) {
    return evaluate(momentum.expression(), [&](const Expression& leaf) {
      if (leaf.kind() == Expression::Kind::column) return coordinate;
      return leaf.name() == "T" && leaf.order() == 0 ? 1.0 : 0.0;
    });
  };
  EXPECT_NEAR(std::abs(at(0)), 1, 1e-12);  // buoyancy is the largest term where scales are taken
  EXPECT_NEAR(std::abs(at(std::log(10))), 10, 1e-11);
  EXPECT_NEAR(std::abs(at(std::log(0.1))), 0.1, 1e-13);
}

TEST_F(FamilyTest, KnowsTheConstantsOfAMember) {
  const Case c = whole(family());
  const Constants member = c.constants.of_member({{"Ra", 1e5}});
  EXPECT_NEAR(member.find("Ra")->si, 1e5, 1e-6);
  EXPECT_NEAR(member.find("beta")->si / c.constants.find("beta")->si, 10, 1e-11);
  EXPECT_EQ(member.find("mu")->si, c.constants.find("mu")->si);
  EXPECT_EQ(c.constants.input_coordinates({}), std::vector<double>{0});
  EXPECT_NEAR(c.constants.input_coordinates({{"Ra", 1e3}})[0], std::log(0.1), 1e-12);
  EXPECT_EQ(c.constants.member_text({{"Ra", 3e4}}), "Ra = 30000");
  try {
    c.constants.input_coordinates({{"Ra", 2e5}});
    FAIL() << "accepted";
  } catch (const std::out_of_range& error) {
    EXPECT_STREQ(error.what(), "Ra = 200000 lies outside of the range 1e3 .. 1e5 that the network was trained on");
  }
}

TEST_F(FamilyTest, ReportsQuantitiesOfSeveralMembers) {
  write("data/nu.csv", "Ra,Nu\n1e3,1.1\n1e4,2.2\n1e5,4.5\n");
  const Case c =
      whole(family() +
            "quantities:\n"
            "  Nu: {value: \"mean(k*dn(T), x-)*L/(k*dT)\", reference: {file: data/nu.csv, column: Nu, where: "
            "{Ra: Ra}}}\n");
  ASSERT_EQ(c.quantities.size(), 3u);  // ends and middle
  EXPECT_EQ(c.quantities[0].name, "Nu at Ra = 1000");
  EXPECT_EQ(c.quantities[0].reference, 1.1);
  EXPECT_EQ(c.quantities[1].reference, 2.2);
  EXPECT_EQ(c.quantities[2].reference, 4.5);
  EXPECT_NEAR(c.quantities[2].member.at("Ra"), 1e5, 1e-6);
  EXPECT_EQ(whole(family("{range: [1, 3], reference: 2, members: [1, 2, 2.5, 3]}") + "quantities: {T_0: T0}\n")
                .quantities.size(),
            4u);
}

TEST_F(FamilyTest, IsLinearUnlessSaidOtherwise) {
  const Case c = whole(family("{range: [1e3, 3e3]}"));
  EXPECT_EQ(c.constants.find("Ra")->si, 2e3);
  EXPECT_DOUBLE_EQ(c.scaled_lower()[2], -0.5);
  EXPECT_DOUBLE_EQ(c.scaled_upper()[2], 0.5);
}

TEST_F(FamilyTest, RefusesWhatIsNoRange) {
  const auto said = [&](const std::string& number) { return refusal([&] { whole(family(number)); }); };
  EXPECT_NE(said("{range: [1e5, 1e3]}").find("constants.Ra.range: the upper end must be above"), std::string::npos);
  EXPECT_NE(said("{range: [-1, 3], scale: log, reference: 1}").find("a logarithmic range is positive"),
            std::string::npos);
  EXPECT_NE(said("{range: [1, 3], reference: 5}").find("expected a value in the range that is not zero, got 5"),
            std::string::npos);
  EXPECT_NE(said("{range: [1, 3], members: [2, 4]}").find("constants.Ra.members: \"4\" lies outside of the range"),
            std::string::npos);
  EXPECT_NE(said("{range: [1, 3], start: 2}").find("either sought (start) or an input (range)"), std::string::npos);
}

TEST_F(FamilyTest, KeepsTheBoxAndThePointsOfOneCase) {
  const std::string length = replaced(family(), "  L: 22 mm\n", "  L: 22 mm*Ra/1e4\n");
  EXPECT_NE(refusal([&] { whole(length); }).find("the box cannot depend on L, which is no fixed number"),
            std::string::npos);
  const std::string box = replaced(family(), "x: [0 m, L]", "x: [0 m, 1 cm*Ra/1e4]");
  EXPECT_NE(refusal([&] { whole(box); }).find("the box cannot depend on Ra"), std::string::npos);
  EXPECT_NE(refusal([&] {
              whole(family() + "points: {sampling: sobol, redraw: 5, adapt: rad}\n");
            }).find("points follow the residual of one case, and Ra makes a family of it"),
            std::string::npos);
}

}  // namespace
}  // namespace nusselt
