#include "solver/case/extremes.hpp"

#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

std::vector<std::string> notes_of(const std::vector<std::string>& overrides) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/heated_cavity", overrides);
  return extreme_notes(c.equations, c.groups);
}

TEST(Extremes, AreSilentWhereACaseIsOrdinary) {
  EXPECT_TRUE(notes_of({}).empty());
  EXPECT_TRUE(notes_of({"constants.Ra=1e7"}).empty());
}

TEST(Extremes, NameTheGroup) {
  const std::vector<std::string> notes = notes_of({"constants.Ra=1e8"});
  ASSERT_EQ(notes.size(), 3u);  // both components of momentum
  EXPECT_EQ(notes[0],
            "Ra = 1e+08 is extreme: layers at the walls are some Ra^(-1/4) = 0.01 of the size, and a steady flow may "
            "not exist; place many points, and climb over smaller values (`ladder`)");
  EXPECT_EQ(notes[1].substr(0, notes[1].find(". Its")),
            "momentum_x: the coefficient 8.43e-05 = Pr^(1/2) Ra^(-1/2) of dxx(u) is 4.1 decades below the largest");
}

TEST(Extremes, ShowWhatScalesDo) {
  const std::vector<std::string> notes = notes_of({"scaling=si"});
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes[0].find("decades below the largest"), std::string::npos);
}

}  // namespace
}  // namespace nusselt
