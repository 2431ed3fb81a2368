#include "solver/case/estimate.hpp"

#include <gtest/gtest.h>

#include "networks/layout/network_layout.hpp"
#include "small_case.hpp"

namespace nusselt {
namespace {

double plain_flops(int inputs, int outputs, int depth, int width, int channels) {
  return matrix_flops_per_point(NetworkLayout({.inputs = inputs, .outputs = outputs, .depth = depth, .width = width}),
                                channels);
}

Estimate of(const std::string& settings) { return estimate(case_of(small_cavity + settings)); }

TEST(Estimate, CountsParametersPointsAndResiduals) {
  const Estimate e = of("network: {depth: 3, width: 11}\npoints: {interior: 700, boundary: 40}\n");
  EXPECT_EQ(e.parameters, 3 * 11 + 2 * 12 * 11 + 12 * 4);
  EXPECT_EQ(e.points_inside, 700);
  EXPECT_EQ(e.points_on_faces, 80);  // y- and y+ are insulated, all else holds exactly
  EXPECT_EQ(e.residuals, 4 * 700 + 2 * 40);
  EXPECT_EQ(e.channels, 4);  // value, dx, dy, Laplacian
}

TEST(Estimate, CountsTheWorkOfAStep) {
  const Estimate e =
      of("network: {depth: 3, width: 11}\npoints: {interior: 700, boundary: 40}\n"
         "optimizer: {name: levenberg_marquardt}\n");
  ASSERT_EQ(e.work.size(), 1u);
  EXPECT_EQ(e.work[0].unit, "step of levenberg_marquardt");
  ASSERT_EQ(e.work[0].parts.size(), 3u);
  const double P = 345, R = 2880;
  const double inside = 700 * 9 * 4 * (2 * 2 * 11 * 11 + 2 * 11 * 4.0);  // 1 + 2*4 sweeps of 4 channels
  const double faces = 80 * 3 * 3 * (2 * 2 * 11 * 11 + 2 * 11 * 4.0);    // 1 + 2*1 sweeps of value, dx, dy
  EXPECT_DOUBLE_EQ(e.work[0].parts[0].size, inside + faces);
  EXPECT_DOUBLE_EQ(e.work[0].parts[1].size, R * P * P);
  EXPECT_EQ(e.work[0].parts[1].what, "J^T J");
  EXPECT_DOUBLE_EQ(e.work[0].parts[2].size, P * P * P / 3);
  EXPECT_DOUBLE_EQ(e.work[0].flops(), inside + faces + R * P * P + P * P * P / 3);
  EXPECT_DOUBLE_EQ(e.bytes(), 2 * P * P * 8 + 700 * 4 * P * 8);
}

TEST(Estimate, TakesTheSmallerMatrix) {
  const Estimate e = of("points: {interior: 50, boundary: 10}\noptimizer: {name: levenberg_marquardt}\n");
  EXPECT_EQ(e.residuals, 220);
  EXPECT_EQ(e.parameters, 1404);
  EXPECT_EQ(e.work[0].parts[1].what, "J J^T");
  EXPECT_DOUBLE_EQ(e.work[0].parts[1].size, 220.0 * 1404 * 220);
  EXPECT_DOUBLE_EQ(e.memory[0].size, 2 * 220.0 * 220 * 8);
}

TEST(Estimate, KnowsEveryOptimizer) {
  for (const char* name :
       {"hybrid", "levenberg_marquardt", "ssbroyden", "ssbfgs", "gauss_newton_cg", "lbfgs", "soap", "adam", "sgd"}) {
    const Estimate e = of(std::string("optimizer: {name: ") + name + "}\n");
    ASSERT_FALSE(e.work.empty()) << name;
    EXPECT_GT(e.work[0].flops(), 1e6) << name;
    EXPECT_GT(e.bytes(), 0) << name;
  }
  EXPECT_EQ(of("optimizer: {name: hybrid}\n").work.size(), 2u);
  const Estimate adam = of("optimizer: {name: adam}\nprecision: float32\n");
  EXPECT_DOUBLE_EQ(adam.bytes(), 2 * 4.0 * static_cast<double>(adam.parameters));
  const double inside = 900 * plain_flops(2, 4, 4, 20, 4);
  EXPECT_DOUBLE_EQ(adam.work[0].flops(), inside + 240 * plain_flops(2, 4, 4, 20, 3));
}

TEST(Estimate, OfAllPointsAtOnceIsLargerThanOfTiles) {
  const double tiles = of("optimizer: {name: adam}\n").bytes();
  const double all = of("optimizer: {name: adam}\nengine: libtorch\n").bytes();
  EXPECT_DOUBLE_EQ(all - tiles, 5 * 8 * (900.0 * 4 + 240 * 3) * 20 * 4);
}

TEST(Estimate, SaysItInWords) {
  const Case c = case_of(small_cavity + "network: {depth: 3, width: 11}\noptimizer: {steps: 77, name: ssbroyden}\n");
  const std::string text = describe(estimate(c), c);
  EXPECT_NE(text.find("345 parameters, 3840 residuals at 1140 points (240 on faces), jets of 4 channels"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("one iteration of ssbroyden: "), std::string::npos) << text;
  EXPECT_NE(text.find("at most 77 steps, each of up to 50 iterations"), std::string::npos) << text;
  const double most = 77 * 50 * estimate(c).work[0].flops();
  EXPECT_DOUBLE_EQ(estimate(c).most_flops(77), most);
  EXPECT_NE(text.find(" s at 30 GFLOP per core and second"), std::string::npos) << text;
  EXPECT_NE(text.find("3.81 MB (inverse Hessian, also on its way into a checkpoint 3.81 MB)"), std::string::npos)
      << text;
}

}  // namespace
}  // namespace nusselt
