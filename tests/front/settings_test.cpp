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
  EXPECT_EQ(settings.points.adapt, "none");
  EXPECT_EQ(settings.continue_from, "");
  EXPECT_EQ(settings.optimizer.name, "auto");
  EXPECT_EQ(settings.conditioning.name, "none");
  EXPECT_EQ(settings.conditioning.floor, 0);
  EXPECT_EQ(settings.balancing.name, "static");
  EXPECT_EQ(settings.criteria.residual, 1e-3);
  EXPECT_EQ(settings.criteria.ratio, 3);
  EXPECT_EQ(settings.criteria.imbalance, 1e-3);
  EXPECT_EQ(settings.seed, 1u);
  EXPECT_EQ(settings.precision, "float64");
  EXPECT_EQ(settings.device, "cpu");
  EXPECT_EQ(settings.engine, "auto");
  EXPECT_EQ(settings.instructions, "");
  EXPECT_EQ(settings.threads, 0);
  EXPECT_EQ(settings.grid, (std::vector<int>{101, 101}));
}

TEST(Settings, TakeEveryKeyOfTheCase) {
  const Settings settings = read(
      "network: {depth: 2, width: 11, activation: sin, norm: layer, norm_eps: 0.25}\n"
      "points: {interior: 31, boundary: 32, held_out: 33, sampling: random, redraw: 34, on_boundary: 0.35, adapt: r3,"
      " power: 3.5, floor: 0.375}\n"
      "optimizer: {name: adam, steps: 41, time: 44.5, damping: 0.42, rate: 0.43, warm_damping: 0.44,"
      " damping_floor: 0.45, layer_lr: lars}\n"
      "continue_from: some/run\nladder: {Ra: 1e3, steps: 45, slack: 4.5}\n"
      "conditioning: {name: layernorm, exponent: 0.125, average: 0.52, clamp: 53, floor: 0.54}\n"
      "balancing: {name: gradnorm, every: 55, average: 0.56, memory: 0.57, lra: mean_mean, rate: 0.58, asymmetry: 0.59,"
      " sharpness: 0.5, temperature: 0.51, lookback: 0.52, causality: 0.53, parts: 54, floor: 0.55}\n"
      "criteria: {residual: 0.61, ratio: 62, imbalance: 0.63, every: 64}\n"
      "seed: 71\nprecision: float32\ndevice: auto\nengine: libtorch\nthreads: 2\noutput: {grid: [5, 7]}\ndiagnostics: "
      "{every: 7, probe: 33}\ncheckpoint: "
      "{every: 0.5}\n");
  EXPECT_EQ(settings.network.depth, 2);
  EXPECT_EQ(settings.network.width, 11);
  EXPECT_EQ(settings.network.activation, "sin");
  EXPECT_EQ(settings.network.norm, "layer");
  EXPECT_EQ(settings.network.norm_eps, 0.25);
  EXPECT_EQ(settings.points.interior, 31);
  EXPECT_EQ(settings.points.boundary, 32);
  EXPECT_EQ(settings.points.held_out, 33);
  EXPECT_EQ(settings.points.sampling, "random");
  EXPECT_EQ(settings.points.on_boundary, 0.35);
  EXPECT_EQ(settings.points.adapt, "r3");
  EXPECT_EQ(settings.points.power, 3.5);
  EXPECT_EQ(settings.points.floor, 0.375);
  EXPECT_EQ(settings.optimizer.warm_damping, 0.44);
  EXPECT_EQ(settings.optimizer.damping_floor, 0.45);
  EXPECT_EQ(settings.continue_from, "some/run");
  EXPECT_EQ(settings.ladder.steps, 45);
  EXPECT_EQ(settings.ladder.slack, 4.5);
  EXPECT_EQ(settings.points.redraw, 34);
  EXPECT_EQ(settings.optimizer.name, "adam");
  EXPECT_EQ(settings.optimizer.steps, 41);
  EXPECT_EQ(settings.optimizer.time, 44.5);
  EXPECT_EQ(settings.optimizer.damping, 0.42);
  EXPECT_EQ(settings.optimizer.rate, 0.43);
  EXPECT_EQ(settings.optimizer.layer_lr, "lars");
  EXPECT_EQ(settings.conditioning.name, "layernorm");
  EXPECT_EQ(settings.conditioning.exponent, 0.125);
  EXPECT_EQ(settings.conditioning.average, 0.52);
  EXPECT_EQ(settings.conditioning.clamp, 53);
  EXPECT_EQ(settings.conditioning.floor, 0.54);
  EXPECT_EQ(settings.balancing.name, "gradnorm");
  EXPECT_EQ(settings.balancing.every, 55);
  EXPECT_EQ(settings.balancing.average, 0.56);
  EXPECT_EQ(settings.balancing.memory, 0.57);
  EXPECT_EQ(settings.balancing.lra, "mean_mean");
  EXPECT_EQ(settings.balancing.rate, 0.58);
  EXPECT_EQ(settings.balancing.asymmetry, 0.59);
  EXPECT_EQ(settings.balancing.sharpness, 0.5);
  EXPECT_EQ(settings.balancing.temperature, 0.51);
  EXPECT_EQ(settings.balancing.lookback, 0.52);
  EXPECT_EQ(settings.balancing.causality, 0.53);
  EXPECT_EQ(settings.balancing.parts, 54);
  EXPECT_EQ(settings.balancing.floor, 0.55);
  EXPECT_EQ(settings.criteria.residual, 0.61);
  EXPECT_EQ(settings.criteria.ratio, 62);
  EXPECT_EQ(settings.criteria.imbalance, 0.63);
  EXPECT_EQ(settings.criteria.every, 64);
  EXPECT_EQ(settings.seed, 71u);
  EXPECT_EQ(settings.precision, "float32");
  EXPECT_EQ(settings.device, "auto");
  EXPECT_EQ(settings.engine, "libtorch");
  EXPECT_EQ(settings.threads, 2);
  EXPECT_EQ(settings.grid, (std::vector<int>{5, 7}));
  EXPECT_EQ(settings.diagnostics.every, 7);
  EXPECT_EQ(settings.diagnostics.probe, 33);
  EXPECT_EQ(settings.checkpoint_every, 0.5);
}

TEST(Settings, RefuseFloat32WithADenseMatrix) {
  EXPECT_EQ(refusal([] { read("optimizer: {name: levenberg_marquardt}\nprecision: float32\n"); }),
            "case.yaml:3:12: error: precision: levenberg_marquardt needs float64, got float32\n"
            "precision: float32\n"
            "           ^\n"
            "  hint: its matrix squares the condition number; use optimizer.name=soap or adam with float32");
  for (const std::string name : {"hybrid", "ssbroyden", "ssbfgs"}) {
    EXPECT_THAT(refusal([&] { read("optimizer: {name: " + name + "}\nprecision: float32\n"); }),
                ::testing::HasSubstr("precision: " + name + " needs float64, got float32"));
  }
  for (const std::string name : {"adam", "lbfgs", "auto"}) {
    EXPECT_NO_THROW(read("optimizer: {name: " + name + "}\nprecision: float32\n")) << name;
  }
}

TEST(Settings, CrowdPointsToTheWalls) {
  EXPECT_EQ(read("seed: 1\n").points.near_walls, 1);
  EXPECT_EQ(read("points: {near_walls: 7.5}\n").points.near_walls, 7.5);
  EXPECT_NE(refusal([] {
              read("points: {near_walls: 0.5}\n");
            }).find("points.near_walls: expected at least 1 and at most 1e+06, got 0.5"),
            std::string::npos);
}

TEST(Settings, RefuseToAdaptPointsThatStay) {
  EXPECT_EQ(refusal([] { read("points: {adapt: rad, redraw: 5, sampling: gauss}\n"); }),
            "case.yaml:2:17: error: points.adapt: the points of a Gauss grid stay where they are\n"
            "points: {adapt: rad, redraw: 5, sampling: gauss}\n"
            "                ^\n"
            "  hint: scatter them with points.sampling=sobol, or leave points.adapt out");
  EXPECT_EQ(refusal([] { read("points: {adapt: r3}\n"); }),
            "case.yaml:2:17: error: points.adapt: points follow the residual only when they are redrawn\n"
            "points: {adapt: r3}\n"
            "                ^\n"
            "  hint: say how often, for example points.redraw=10");
  EXPECT_EQ(refusal([] { read("points: {adapt: r3, redraw: 5, near_walls: 3}\n"); }),
            "case.yaml:2:44: error: points.near_walls: points.adapt says already where points are dense\n"
            "points: {adapt: r3, redraw: 5, near_walls: 3}\n"
            "                                           ^\n"
            "  hint: leave one of them out");
}

TEST(Settings, RefuseFloat32WithGaussNewtonCg) {
  EXPECT_NE(refusal([] {
              read("precision: float32\noptimizer: {name: gauss_newton_cg}\n");
            }).find("precision: gauss_newton_cg needs float64, got float32"),
            std::string::npos);
  EXPECT_EQ(read("precision: float32\noptimizer: {name: soap}\n").optimizer.name, "soap");
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
