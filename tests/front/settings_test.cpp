#include "solver/case/settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_case.hpp"

namespace nusselt {
namespace {

Settings read(const std::string& text, int dimensions = 2) {
  return read_settings(Document("case.yaml", "case: a\n" + text).root(), dimensions);
}

TEST(Settings, HaveTheDefaultsOfTheKeyTable) {
  const Settings settings = read("");
  EXPECT_EQ(settings.network.depth, 4);
  EXPECT_EQ(settings.network.width, 20);
  EXPECT_EQ(settings.network.activation, "tanh");
  EXPECT_EQ(settings.network.norm, "none");
  EXPECT_EQ(settings.points.sampling, "sobol");
  EXPECT_EQ(settings.points.redraw, 0);
  EXPECT_EQ(settings.optimizer.name, "auto");
  EXPECT_EQ(settings.conditioning.name, "none");
  EXPECT_EQ(settings.criteria.residual, 1e-3);
  EXPECT_EQ(settings.criteria.ratio, 3);
  EXPECT_EQ(settings.criteria.imbalance, 1e-3);
  EXPECT_EQ(settings.seed, 1u);
  EXPECT_EQ(settings.precision, "float64");
  EXPECT_EQ(settings.device, "cpu");
  EXPECT_EQ(settings.threads, 0);
  EXPECT_EQ(settings.grid, (std::vector<int>{101, 101}));
}

TEST(Settings, TakeEveryKeyOfTheCase) {
  const Settings settings = read(
      "network: {depth: 2, width: 11, activation: sin, norm: layer, norm_eps: 0.25}\n"
      "points: {interior: 31, boundary: 32, held_out: 33, sampling: gauss, redraw: 34}\n"
      "optimizer: {name: adam, steps: 41, time: 44.5, damping: 0.42, rate: 0.43}\n"
      "conditioning: {name: layernorm, exponent: 0.125, average: 0.52, clamp: 53}\n"
      "criteria: {residual: 0.61, ratio: 62, imbalance: 0.63, every: 64}\n"
      "seed: 71\nprecision: float32\ndevice: auto\nthreads: 2\noutput: {grid: [5, 7]}\ncheckpoint: {every: 0.5}\n");
  EXPECT_EQ(settings.network.depth, 2);
  EXPECT_EQ(settings.network.width, 11);
  EXPECT_EQ(settings.network.activation, "sin");
  EXPECT_EQ(settings.network.norm, "layer");
  EXPECT_EQ(settings.network.norm_eps, 0.25);
  EXPECT_EQ(settings.points.interior, 31);
  EXPECT_EQ(settings.points.boundary, 32);
  EXPECT_EQ(settings.points.held_out, 33);
  EXPECT_EQ(settings.points.sampling, "gauss");
  EXPECT_EQ(settings.points.redraw, 34);
  EXPECT_EQ(settings.optimizer.name, "adam");
  EXPECT_EQ(settings.optimizer.steps, 41);
  EXPECT_EQ(settings.optimizer.time, 44.5);
  EXPECT_EQ(settings.optimizer.damping, 0.42);
  EXPECT_EQ(settings.optimizer.rate, 0.43);
  EXPECT_EQ(settings.conditioning.name, "layernorm");
  EXPECT_EQ(settings.conditioning.exponent, 0.125);
  EXPECT_EQ(settings.conditioning.average, 0.52);
  EXPECT_EQ(settings.conditioning.clamp, 53);
  EXPECT_EQ(settings.criteria.residual, 0.61);
  EXPECT_EQ(settings.criteria.ratio, 62);
  EXPECT_EQ(settings.criteria.imbalance, 0.63);
  EXPECT_EQ(settings.criteria.every, 64);
  EXPECT_EQ(settings.seed, 71u);
  EXPECT_EQ(settings.precision, "float32");
  EXPECT_EQ(settings.device, "auto");
  EXPECT_EQ(settings.threads, 2);
  EXPECT_EQ(settings.grid, (std::vector<int>{5, 7}));
  EXPECT_EQ(settings.checkpoint_every, 0.5);
}

TEST(Settings, RefuseFloat32WithADenseMatrix) {
  EXPECT_EQ(refusal([] { read("optimizer: {name: levenberg_marquardt}\nprecision: float32\n"); }),
            "case.yaml:3:12: error: precision: levenberg_marquardt needs float64, got float32\n"
            "precision: float32\n"
            "           ^\n"
            "  hint: its matrix squares the condition number; use optimizer.name=adam with float32");
  for (const std::string name : {"hybrid", "ssbroyden", "ssbfgs"}) {
    EXPECT_THAT(refusal([&] { read("optimizer: {name: " + name + "}\nprecision: float32\n"); }),
                ::testing::HasSubstr("precision: " + name + " needs float64, got float32"));
  }
  for (const std::string name : {"adam", "lbfgs", "auto"}) {
    EXPECT_NO_THROW(read("optimizer: {name: " + name + "}\nprecision: float32\n")) << name;
  }
}

TEST(Settings, OneGridNumberServesAllAxes) {
  EXPECT_EQ(read("output: {grid: 9}\n", 3).grid, (std::vector<int>{9, 9, 9}));
  EXPECT_EQ(read("output: {grid: 9}\n", 1).grid, (std::vector<int>{9}));
  EXPECT_NE(refusal([] { read("output: {grid: [9, 9]}\n", 3); }).find("one number or one per axis (3), got 2"),
            std::string::npos);
  EXPECT_NE(refusal([] { read("output: {grid: [9, 1]}\n"); }), "accepted");
}

}  // namespace
}  // namespace nusselt
