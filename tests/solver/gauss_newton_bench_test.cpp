#include "solver/gauss_newton_bench.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace nusselt {
namespace {

TEST(GaussNewtonBench, MeasuresAStepThatSolvesItsEquations) {
  const GaussNewtonRow row = measure_gauss_newton(20, 1, 0);
  EXPECT_EQ(row.rows, 60);
  EXPECT_EQ(row.parameters, 3 * 64 + 3 * 65 * 64 + 65 * 3);
  EXPECT_EQ(row.repetitions, 3);
  EXPECT_TRUE(row.holds());
  ASSERT_EQ(row.parts.size(), 4u);
  for (const GaussNewtonRow::Part& part : row.parts) EXPECT_GT(part.seconds.wall, 0) << part.name;
}

const GaussNewtonRow written{3072, 12867, 2, 5, {{"kernel", {0.5, 0.9}}, {"solve", {0.25, 0.25}}}, 3e-13};

TEST(GaussNewtonBench, TellsThePartsAndTheirSum) {
  EXPECT_EQ(table_of(written),
            "damped Gauss-Newton step, ns 4x64 fp64, 3072 rows, 12867 parameters, 2 threads\n"
            "part                ms   ms of CPU\n"
            "kernel           500.0       900.0\n"
            "solve            250.0       250.0\n"
            "step             750.0      1150.0\n"
            "The step solves its equations by a tangent sweep: 3e-13 (limit 1e-09)\n");
  const nlohmann::json json = to_json(written);
  EXPECT_EQ(json["rows"], 3072);
  EXPECT_EQ(json["parameters"], 12867);
  EXPECT_EQ(json["threads"], 2);
  EXPECT_EQ(json["step"]["ms"], 750.0);
  EXPECT_EQ(json["parts"]["kernel"]["cpu_ms"], 900.0);
  EXPECT_EQ(json["misfit"], 3e-13);
}

TEST(GaussNewtonBench, AStepThatSolvesNothingDoesNotHold) {
  GaussNewtonRow wrong = written;
  for (const double misfit : {1e-8, static_cast<double>(NAN)}) {
    wrong.misfit = misfit;
    EXPECT_FALSE(wrong.holds());
    EXPECT_NE(table_of(wrong).find("THE STEP DOES NOT SOLVE ITS EQUATIONS"), std::string::npos);
  }
}

}  // namespace
}  // namespace nusselt
