// A value at one point, and profiles from files, as conditions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::HasSubstr;

std::string with_point(const std::string& condition) { return small_cavity + "  - " + condition + "\n"; }

TEST(PointCondition, PinsAPressure) {
  const Case free = case_of(small_cavity);
  EXPECT_EQ(free.gauge_fields(), (std::vector<std::string>{"p"}));
  const Case pinned = case_of(with_point("{at: {x: 0 m, y: 2*L}, p: 0 Pa}"));
  EXPECT_TRUE(pinned.gauge_fields().empty());
  ASSERT_EQ(pinned.soft_conditions.size(), free.soft_conditions.size() + 1);
  EXPECT_EQ(pinned.soft_conditions.back().residual.name(), "p at x = 0 m, y = 2*L");
  const FaceGeometry& point = pinned.domain.geometry(pinned.soft_conditions.back().face);
  EXPECT_TRUE(point.is_point);
  EXPECT_EQ(point.extent.lower[axis_y], 0.044);
  EXPECT_EQ(point.extent.upper[axis_y], 0.044);
  for (const std::string& note : pinned.notes) EXPECT_EQ(note.find("p is known"), std::string::npos) << note;
}

TEST(PointCondition, IsInsideAndHasNoNormal) {
  const auto said = [](const std::string& condition) { return refusal([&] { case_of(with_point(condition)); }); };
  EXPECT_THAT(said("{at: {x: 0 m, y: 3*L}, p: 0 Pa}"),
              HasSubstr("26:10: error: conditions.4.at: the point lies outside of the domain"));
  EXPECT_THAT(said("{at: {x: 0 m}, p: 0 Pa}"),
              HasSubstr("conditions.4.at: a point has a place along every axis, and y is missing"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 0 m, z: 0 m}, p: 0 Pa}"), HasSubstr("the domain has no axis z"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 1 s}, p: 0 Pa}"), HasSubstr("conditions.4.at.y: expected length [m]"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 0 m}, flat: dn(T) = 0}"), HasSubstr("a point has no normal, and dn() no meaning"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 0 m}, T: T_hot, enforce: hard}"),
              HasSubstr("a value can only be enforced softly"));
  EXPECT_THAT(said("{at: {x: 0 m, y: 0 m}, p: 1 m}"), HasSubstr("conditions.4.p: expected pressure [Pa]"));
}

class Profiles : public testing::Test {
 protected:
  Profiles() {
    std::string name = (std::filesystem::temp_directory_path() / "nusselt-profile-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  ~Profiles() override { std::filesystem::remove_all(folder_); }
  Case read(const std::string& value, const std::string& csv) {
    std::ofstream(folder_ / "wall.csv") << csv;
    return case_of(replaced(small_cavity, "{at: x-, T: T_hot}", "{at: x-, T: " + value + "}"), folder_.string());
  }
  std::string said(const std::string& value, const std::string& csv) {
    return refusal([&] { read(value, csv); });
  }
  std::filesystem::path folder_;
};

TEST_F(Profiles, AreExactValuesOfAFace) {
  const Case c = read("{file: wall.csv}", "y [mm],T [degC]\n0,30\n22,32\n44,30\n");
  const TrialField& trial = c.trials[3];
  EXPECT_TRUE(trial.is_hard(Face{axis_x, false}));
  EXPECT_FALSE(trial.is_hard(Face{axis_y, false}));
  // Scaled by dT = 10 K from T0 = 300 K, lengths by L.
  EXPECT_NEAR(at_point(trial.lift, 0, 0), (303.15 - 300) / 10, 1e-12);
  EXPECT_NEAR(at_point(trial.lift, 0, 1), (305.15 - 300) / 10, 1e-12);
  EXPECT_NEAR(at_point(trial.lift, 0, 2), (303.15 - 300) / 10, 1e-12);
  EXPECT_NEAR(at_point(trial.lift, 1, 1.3), -0.5, 1e-12);
  const Case other = read("{file: wall.csv, column: warm}", "y [m],warm [K],T [K]\n0,300,1\n0.044,310,2\n");
  EXPECT_NEAR(at_point(other.trials[3].lift, 0, 1), 0.5, 1e-12);
}

TEST_F(Profiles, SayWhatIsWrongWithThem) {
  const std::string good = "y [m],T [K]\n0,300\n0.044,310\n";
  EXPECT_THAT(said("{file: walls.csv}", good), HasSubstr("walls.csv"));
  EXPECT_THAT(said("{column: T}", good), HasSubstr("23:17: error: conditions.1.T: no file"));
  EXPECT_THAT(said("{file: ../wall.csv}", good), HasSubstr("leaves the folder of the case"));
  EXPECT_THAT(said("{file: wall.csv, column: t}", good), HasSubstr("there is no column \"t\""));
  EXPECT_THAT(said("{file: wall.csv}", "y [m],T [m]\n0,300\n0.044,310\n"), HasSubstr("column \"T\": "));
  EXPECT_THAT(said("{file: wall.csv}", "x [m],T [K]\n0,300\n0.044,310\n"),
              HasSubstr("a profile is along one coordinate, and \"wall.csv\" has no column of one"));
  EXPECT_THAT(said("{file: wall.csv}", "y [m],T [K]\n0,300\n0.04,310\n"),
              HasSubstr("wall.csv: the rows reach from y = 0 m to 0.04 m, the face from 0 m to 0.044 m"));
  EXPECT_THAT(said("{file: wall.csv}", "y [m],T [K]\n0.044,300\n0,310\n"),
              HasSubstr("y must increase from row to row, got 0.044 and then 0 m"));
  EXPECT_THAT(said("{file: wall.csv}", "y [m],T [K]\n0,300\n"), HasSubstr("a profile needs at least 2 rows, got 1"));
  EXPECT_THAT(said("{file: wall.csv}, insulated: {file: wall.csv}", good),
              HasSubstr("conditions.1.insulated: a profile is the value of a field, and \"insulated\" is none"));
}

}  // namespace
}  // namespace nusselt
