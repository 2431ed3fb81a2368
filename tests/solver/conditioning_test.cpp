#include "solver/conditioning.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "tests/front/small_case.hpp"

namespace nusselt {
namespace {

const Case& cavity() {
  static const Case c = case_of(small_cavity);
  return c;
}

/// Four residuals.
Conditioning make(Settings::Conditioning settings) { return Conditioning(cavity().equations, settings); }
Settings::Conditioning layernorm() { return {.name = "layernorm", .exponent = 0.3, .average = 0.9, .clamp = 1e3}; }

double geometric_mean(const std::vector<double>& weights) {
  double sum = 0;
  for (double w : weights) sum += std::log(w);
  return std::exp(sum / static_cast<double>(weights.size()));
}

TEST(Conditioning, WeightsByTheClosedForm) {
  Conditioning conditioning = make(layernorm());
  EXPECT_EQ(conditioning.weights(), std::vector<double>(4, 1.0));
  // log norms 1, 2, 3, 4 above a common one: mean 2.5, standard deviation sqrt(1.25).
  const std::vector<double> squares = {1e-6 * std::exp(2.0), 1e-6 * std::exp(4.0), 1e-6 * std::exp(6.0),
                                       1e-6 * std::exp(8.0)};
  conditioning.update(squares);
  const double q = 0.3 / std::sqrt(1.25);
  for (int e = 0; e < 4; ++e) EXPECT_NEAR(conditioning.weights()[e], std::exp(-2 * q * (e + 1 - 2.5)), 1e-12) << e;
  EXPECT_NEAR(geometric_mean(conditioning.weights()), 1, 1e-14);
}

TEST(Conditioning, TheExponentIsAtMostAHalf) {
  Conditioning conditioning = make(layernorm());
  const double step = 0.01;  // standard deviation 0.01*sqrt(1.25) is far below the exponent
  conditioning.update({1, std::exp(2 * step), std::exp(4 * step), std::exp(6 * step)});
  for (int e = 0; e < 4; ++e) EXPECT_NEAR(conditioning.weights()[e], std::exp(-step * (e - 1.5)), 1e-12) << e;
}

TEST(Conditioning, EqualNormsGiveOne) {
  Conditioning conditioning = make(layernorm());
  conditioning.update({4e-8, 4e-8, 4e-8, 4e-8});
  for (double w : conditioning.weights()) EXPECT_DOUBLE_EQ(w, 1);
}

TEST(Conditioning, ScalingAllResidualsChangesNothing) {
  Conditioning small = make(layernorm());
  Conditioning large = make(layernorm());
  const std::vector<double> squares = {1e-6, 3e-2, 5e-9, 1e-4};
  small.update(squares);
  std::vector<double> scaled = squares;
  for (double& s : scaled) s *= 1e8;
  large.update(scaled);
  for (int e = 0; e < 4; ++e) EXPECT_NEAR(large.weights()[e], small.weights()[e], 1e-12 * small.weights()[e]);
  EXPECT_LT(small.weights()[1], small.weights()[3]);
  EXPECT_LT(small.weights()[3], small.weights()[0]);
  EXPECT_LT(small.weights()[0], small.weights()[2]);
}

TEST(Conditioning, OneWildResidualDoesNotRule) {
  Settings::Conditioning settings = layernorm();
  settings.clamp = 100;
  Conditioning conditioning = make(settings);
  conditioning.update({1e-4, 1e-4, 1e-4, 1e-4 * 1e12});  // its norm is a million times the others'
  const std::vector<double>& w = conditioning.weights();
  EXPECT_NEAR(geometric_mean(w), 1, 1e-13);
  EXPECT_DOUBLE_EQ(w[0], w[1]);
  // log norms 0, 0, 0, L: mean L/4, deviation L*sqrt(3)/4, so the ratio is exp(2 * 0.3 / (sqrt(3)/4)) whatever L is.
  EXPECT_NEAR(w[0] / w[3], std::exp(2 * 0.3 * 4 / std::sqrt(3.0)), 1e-10);
}

TEST(Conditioning, ClampLimitsEachWeightBeforeTheMeanIsTaken) {
  Settings::Conditioning settings = layernorm();
  settings.exponent = 100;  // q is 1/2: weights would be 1/norm
  settings.clamp = 10;
  Conditioning conditioning = make(settings);
  conditioning.update({1, 1, 1, 1e16});
  // log weights before: ln(1e8)/4 = 4.6 three times, -13.8 once; clamped to +-ln 10; their mean is ln(10)/2.
  const double centre = std::log(10.0) / 2;
  for (int e = 0; e < 3; ++e) EXPECT_NEAR(conditioning.weights()[e], std::exp(std::log(10.0) - centre), 1e-12);
  EXPECT_NEAR(conditioning.weights()[3], std::exp(-std::log(10.0) - centre), 1e-12);
}

TEST(Conditioning, AveragesOverUpdates) {
  Conditioning conditioning = make(layernorm());
  conditioning.update({1, 2, 3, 4});
  EXPECT_EQ(conditioning.averages(), (std::vector<double>{1, 2, 3, 4}));
  conditioning.update({11, 2, 3, 4});
  EXPECT_DOUBLE_EQ(conditioning.averages()[0], 0.9 * 1 + 0.1 * 11);
  EXPECT_DOUBLE_EQ(conditioning.averages()[3], 4);
}

TEST(Conditioning, AVanishingResidualKeepsFiniteWeights) {
  Conditioning conditioning = make(layernorm());
  conditioning.update({0, 1e-4, 1e-4, 1e-4});
  for (double w : conditioning.weights()) EXPECT_TRUE(std::isfinite(w) && w > 0) << w;
  EXPECT_NEAR(geometric_mean(conditioning.weights()), 1, 1e-13);
}

TEST(Conditioning, NoneLeavesAllWeightsAtOne) {
  Settings::Conditioning settings = layernorm();
  settings.name = "none";
  Conditioning conditioning = make(settings);
  conditioning.update({1, 1e4, 1e-8, 3});
  EXPECT_EQ(conditioning.weights(), std::vector<double>(4, 1.0));
  EXPECT_TRUE(conditioning.averages().empty());
}

TEST(Conditioning, ARestoredOneGoesOnWithTheSameBits) {
  Conditioning first = make(layernorm());
  first.update({1e-6, 3e-2, 5e-9, 1e-4});
  Conditioning second = make(layernorm());
  second.restore(first.averages());
  EXPECT_EQ(second.weights(), first.weights());
  first.update({1e-7, 3e-3, 5e-9, 1e-4});
  second.update({1e-7, 3e-3, 5e-9, 1e-4});
  EXPECT_EQ(second.weights(), first.weights());
  Conditioning untouched = make(layernorm());
  untouched.restore({});
  EXPECT_EQ(untouched.weights(), std::vector<double>(4, 1.0));
}

Settings::Conditioning rms(double exponent, double floor = 0) {
  return {.name = "rms", .exponent = exponent, .average = 0.9, .clamp = 1e30, .floor = floor};
}

TEST(Conditioning, RmsIsThePowerOfTheMeanSquare) {
  const std::vector<double> squares = {1e-6, 3e-2, 5e-9, 1e-4};
  for (const double p : {0.0, 0.25, 0.5}) {
    Conditioning conditioning = make(rms(p));
    conditioning.update(squares);
    double product = 1;
    for (const double square : squares) product *= square;
    for (int e = 0; e < 4; ++e) {
      const double expected = std::pow(squares[e] / std::pow(product, 0.25), -p);
      EXPECT_NEAR(conditioning.weights()[e], expected, 1e-12 * expected) << p;
    }
    EXPECT_NEAR(geometric_mean(conditioning.weights()), 1, 1e-13);
  }
}

TEST(Conditioning, RmsFollowsTheAverageOverThreeUpdates) {
  // Two equations count: the others are equal and stay.
  Conditioning conditioning = make(rms(0.25));
  double first = 4e-2, second = 1e-6;
  const double updates[3][2] = {{4e-2, 1e-6}, {1e-2, 4e-6}, {1e-3, 1e-5}};
  for (int t = 0; t < 3; ++t) {
    conditioning.update({updates[t][0], updates[t][1], 1, 1});
    if (t > 0) {
      first = 0.9 * first + 0.1 * updates[t][0];
      second = 0.9 * second + 0.1 * updates[t][1];
    }
    EXPECT_NEAR(conditioning.weights()[0] / conditioning.weights()[1], std::pow(first / second, -0.25), 1e-12);
  }
}

TEST(Conditioning, OnlyTheExponentOneUndoesAFactor) {
  const auto ratio = [](Settings::Conditioning settings, double factor) {
    Conditioning conditioning = make(settings);
    conditioning.update({1e-2, 1e-4 * factor * factor, 1e-2, 1e-2});
    return conditioning.weights()[1] / conditioning.weights()[0];
  };
  for (const double p : {0.25, 0.5}) {
    EXPECT_NEAR(std::log10(ratio(rms(p), 1) / ratio(rms(p), 1e6)), 12 * p, 1e-9);
  }
  Settings::Conditioning all = rms(1, 1e-300);  // a floor that is none
  EXPECT_NEAR(std::log10(ratio(all, 1) / ratio(all, 1e6)), 12, 1e-9);
  // layernorm divides by the standard deviation: the ratio is the same for every large factor.
  EXPECT_NEAR(ratio(layernorm(), 1e6), ratio(layernorm(), 1e9), 1e-12);
}

TEST(Conditioning, TheZeroResidualStaysTheGoal) {
  // At the weights of its own update the weighted loss is 0 exactly where all residuals are: they are all positive.
  Conditioning conditioning = make(rms(0.5));
  conditioning.update({0, 1e-30, 1e10, 1});
  for (const double w : conditioning.weights()) EXPECT_TRUE(std::isfinite(w) && w > 0);
}

TEST(Conditioning, BelowTheFloorAllCountAlike) {
  Conditioning conditioning = make(rms(1, 1e-3));
  conditioning.update({1e-12, 1e-14, 1e-2, 0});
  const std::vector<double>& w = conditioning.weights();
  EXPECT_NEAR(w[0] / w[1], 1, 1e-5);
  EXPECT_NEAR(w[3] / w[1], 1, 1e-5);
  EXPECT_NEAR(w[0] / w[2], (1e-2 + 1e-6) / (1e-12 + 1e-6), 1e-6 * w[0] / w[2]);
}

TEST(Conditioning, RmsAboveAHalfIsRefusedWithoutAFloor) {
  EXPECT_NO_THROW(make(rms(0.5)));
  EXPECT_NO_THROW(make(rms(0.75, 1e-3)));
  try {
    make(rms(0.75));
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "rms conditioning with an exponent above 1/2 needs a floor");
  }
}

TEST(Conditioning, RefusesAnUnknownName) {
  Settings::Conditioning settings = layernorm();
  settings.name = "softmax";
  try {
    make(settings);
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "unknown conditioning 'softmax'");
  }
}

}  // namespace
}  // namespace nusselt
