#include "solver/case/output_times.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const std::string rod =
    "case: rod\n"
    "physics: heat_conduction\n"
    "constants: {L: 0.2 m, k: 16 W/(m K), rho: 7900 kg/m^3, cp: 500 J/(kg K), T0: 293 K, dT: 40 K, late: 8 s}\n"
    "domain:\n"
    "  box: {x: [0 m, L], t: [2 s, 12 s]}\n"
    "conditions:\n"
    "  - {at: [x-, t-], T: T0}\n"
    "  - {at: x+, T: T0 + dT, enforce: soft}\n";

std::vector<double> times(const std::string& given) {
  return case_of(rod + (given.empty() ? "" : "output: {times: " + given + "}\n")).output_times;
}
std::string said(const std::string& given) {
  return refusal([&] { times(given); });
}

TEST(OutputTimes, AreAListOrANumberOfThem) {
  EXPECT_THAT(times(""), ElementsAre(2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  EXPECT_THAT(times("3"), ElementsAre(2, 7, 12));
  EXPECT_THAT(times("[2 s, 0.1 min, late]"), ElementsAre(2, 6, 8));
  EXPECT_THAT(times("12 s"), ElementsAre(12));
  EXPECT_TRUE(case_of(small_cavity).output_times.empty());
}

TEST(OutputTimes, RefuseWhatIsNoMomentOfTheCase) {
  EXPECT_THAT(said("[2 s, 13 s]"),
              HasSubstr("9:23: error: output.times: 13 s lies outside of the case's time, [2, 12] s"));
  EXPECT_THAT(said("[5 s, 3 s]"), HasSubstr("output.times: times increase, got 3 s behind 5 s"));
  EXPECT_THAT(said("[5 s, 5 s]"), HasSubstr("output.times: times increase"));
  EXPECT_THAT(said("1"), HasSubstr("output.times: expected 2 to 10000 moments, or a list of times, got 1"));
  EXPECT_THAT(said("[5 m]"), HasSubstr("output.times: expected time [s], got \"5 m\", length [m]"));
  EXPECT_THAT(refusal([] { case_of(small_cavity + "output: {times: 5}\n"); }),
              HasSubstr("output.times: the case is steady"));
}

TEST(OutputTimes, LeaveTheGridOfThreeAxesInSpaceToSpace) {
  const std::string block = replaced(replaced(rod, "x: [0 m, L], t", "x: [0 m, L], y: [0 m, L], z: [0 m, L], t"),
                                     "[x-, t-]", "[x-, y-, y+, z-, z+, t-]");
  EXPECT_THAT(case_of(block + "output: {grid: [5, 6, 7], times: 2}\n").settings.grid, ElementsAre(5, 6, 7));
  EXPECT_THAT(refusal([&] { case_of(block + "output: {grid: [5, 6, 7, 8]}\n"); }),
              HasSubstr("output.grid: expected one number or one per axis (3), got 4"));
}

}  // namespace
}  // namespace nusselt
