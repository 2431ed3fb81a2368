#include "solver/sampling.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <stdexcept>

namespace nusselt {
namespace {

const ScaledBox box{{-0.5, 1.0}, {2.5, 1.5}};

double mean(const PointSet& set, double (*f)(double, double)) {
  double sum = 0;
  for (int i = 0; i < set.size(); ++i) sum += set.weights[i] * f(set.x[2 * i], set.x[2 * i + 1]);
  return sum;
}

TEST(Sampling, GaussRuleIntegratesPolynomialsOfTwiceItsCount) {
  for (int count : {1, 2, 3, 5, 8, 20, 64}) {
    const GaussRule rule = gauss_legendre(count);
    EXPECT_TRUE(std::is_sorted(rule.nodes.begin(), rule.nodes.end()));
    const auto moment = [&](int degree) {
      double sum = 0;
      for (int i = 0; i < count; ++i) sum += rule.weights[i] * std::pow(rule.nodes[i], degree);
      return sum;
    };
    for (int degree = 0; degree < 2 * count; ++degree) {
      EXPECT_NEAR(moment(degree), 1.0 / (degree + 1), 1e-14) << count << " nodes, degree " << degree;
    }
    if (count <= 5) {
      EXPECT_GT(std::abs(moment(2 * count) - 1.0 / (2 * count + 1)), 1e-7) << count;
    }
  }
}

TEST(Sampling, GaussInABoxIsExactForProductsOfPolynomials) {
  const PointSet set = sample_box("gauss", box, 9, {1, "interior", 0});
  ASSERT_EQ(set.size(), 9);
  // Mean of x^5 over [-0.5, 2.5] times mean of y^4 over [1, 1.5].
  const double in_x = (std::pow(2.5, 6) - std::pow(0.5, 6)) / 6 / 3;
  const double in_y = (std::pow(1.5, 5) - 1) / 5 / 0.5;
  EXPECT_NEAR(mean(set, [](double x, double y) { return std::pow(x, 5) * std::pow(y, 4); }), in_x * in_y,
              1e-12 * in_x * in_y);
}

TEST(Sampling, EverySamplerStaysInsideAndItsWeightsSumToOne) {
  for (const std::string& name : sampler_names()) {
    for (int count : {1, 7, 100}) {
      const PointSet set = sample_box(name, box, count, {4, "interior", 2});
      EXPECT_EQ(set.dimensions, 2);
      if (name != "gauss") {
        EXPECT_EQ(set.size(), count) << name;
      }
      ASSERT_EQ(set.x.size(), 2 * set.weights.size());
      EXPECT_NEAR(std::accumulate(set.weights.begin(), set.weights.end(), 0.0), 1, 1e-13) << name;
      for (int i = 0; i < set.size(); ++i) {
        EXPECT_GE(set.x[2 * i], -0.5) << name;
        EXPECT_LE(set.x[2 * i], 2.5) << name;
        EXPECT_GE(set.x[2 * i + 1], 1.0) << name;
        EXPECT_LE(set.x[2 * i + 1], 1.5) << name;
      }
    }
  }
}

TEST(Sampling, SobolPointsIntegrateBetterThanRandomOnes) {
  const auto f = [](double x, double y) { return std::sin(x) * y * y; };
  const double exact = (std::cos(0.5) - std::cos(2.5)) / 3 * (std::pow(1.5, 3) - 1) / 3 / 0.5;
  EXPECT_NEAR(mean(sample_box("sobol", box, 1024, {1, "interior", 0}), f), exact, 2e-3);
  EXPECT_NEAR(mean(sample_box("halton", box, 1024, {1, "interior", 0}), f), exact, 2e-3);
  EXPECT_NEAR(mean(sample_box("latin_hypercube", box, 1024, {1, "interior", 0}), f), exact, 0.02);
  EXPECT_NEAR(mean(sample_box("random", box, 1024, {1, "interior", 0}), f), exact, 0.1);
}

TEST(Sampling, ASetIsAFunctionOfSeedPurposeAndDraw) {
  for (const char* name : {"sobol", "halton", "latin_hypercube", "random"}) {
    const auto draw = [&](std::uint64_t seed, const std::string& purpose, std::uint64_t number) {
      return sample_box(name, box, 16, {seed, purpose, number}).x;
    };
    const std::vector<double> first = draw(1, "interior", 0);
    EXPECT_EQ(first, draw(1, "interior", 0)) << name;
    EXPECT_NE(first, draw(2, "interior", 0)) << name;
    EXPECT_NE(first, draw(1, "held out", 0)) << name;
    EXPECT_NE(first, draw(1, "interior", 1)) << name;
    EXPECT_EQ(std::set<double>(first.begin(), first.end()).size(), first.size()) << name;
  }
  EXPECT_EQ(sample_box("gauss", box, 16, {1, "interior", 0}).x, sample_box("gauss", box, 16, {2, "x", 5}).x);
}

TEST(Sampling, HaltonPointsMirrorTheDigits) {
  const PointSet set = sample_box("halton", {{0, 0, 0, 0}, {1, 1, 1, 1}}, 40, {7, "interior", 0});
  const int bases[] = {2, 3, 5, 7};
  for (int d = 0; d < 4; ++d) {
    // Differences to the first point are free of the shift: 1/b, 2/b ... then 1/b^2.
    const auto from_first = [&](int n) {
      const double difference = set.x[4 * n + d] - set.x[d];
      return difference - std::floor(difference + 1e-12);
    };
    const int b = bases[d];
    EXPECT_NEAR(from_first(1), 1.0 / b, 1e-15);
    EXPECT_NEAR(from_first(b), 1.0 / (b * b), 1e-15);
    EXPECT_NEAR(from_first(b + b - 1), 1.0 / (b * b) + (b - 1.0) / b, 1e-14);
  }
}

TEST(Sampling, ALatinHypercubeHasOnePointInEachPart) {
  const int count = 37;
  const PointSet set = sample_box("latin_hypercube", {{0, 0, 0}, {1, 1, 1}}, count, {7, "interior", 0});
  for (int d = 0; d < 3; ++d) {
    std::set<int> parts;
    for (int n = 0; n < count; ++n) parts.insert(static_cast<int>(set.x[3 * n + d] * count));
    EXPECT_EQ(static_cast<int>(parts.size()), count);
  }
}

TEST(Sampling, CrowdsToTheWallsAndKeepsMeans) {
  const auto f = [](double x, double y) { return std::sin(x) * y * y; };
  const double exact = (std::cos(0.5) - std::cos(2.5)) / 3 * (std::pow(1.5, 3) - 1) / 3 / 0.5;
  for (const std::string& name : sampler_names()) {
    const PointSet even = sample_closed_box(name, box, 4096, 0.15, {1, "interior", 0});
    PointSet set = even;
    crowd_to_walls(set, box, {0}, 9);
    EXPECT_NEAR(std::accumulate(set.weights.begin(), set.weights.end(), 0.0), 1, 1e-13);
    EXPECT_NEAR(mean(set, f), exact, name == "gauss" ? 1e-12 : name == "random" ? 0.05 : 5e-3) << name;
    if (name == "gauss") continue;
    int at_wall = 0;
    int in_middle = 0;
    for (int n = 0; n < set.size(); ++n) {
      EXPECT_EQ(set.x[2 * n + 1], even.x[2 * n + 1]);  // not along y
      EXPECT_EQ(lies_on_boundary(set, n, box), lies_on_boundary(even, n, box));
      if (lies_on_boundary(set, n, box)) continue;
      at_wall += set.x[2 * n] < -0.5 + 0.06;  // the outer 2 %, half of the middle part
      in_middle += std::abs(set.x[2 * n] - 1) < 0.06;
    }
    EXPECT_GT(at_wall, 2.5 * in_middle) << name;  // 9/2 at the wall itself, less behind
  }
  PointSet same = sample_box("sobol", box, 16, {1, "interior", 0});
  crowd_to_walls(same, box, {0, 1}, 1);
  EXPECT_EQ(same.x, sample_box("sobol", box, 16, {1, "interior", 0}).x);
}

TEST(Sampling, PointsOfAFaceLieOnIt) {
  for (const std::string& name : sampler_names()) {
    for (bool upper : {false, true}) {
      const PointSet x_face = sample_face(name, box, 0, upper, 5, {1, "face", 0});
      const PointSet y_face = sample_face(name, box, 1, upper, 5, {1, "face", 0});
      ASSERT_EQ(x_face.size(), 5) << name;
      ASSERT_EQ(y_face.size(), 5) << name;
      EXPECT_NEAR(std::accumulate(x_face.weights.begin(), x_face.weights.end(), 0.0), 1, 1e-14);
      for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(x_face.x[2 * i], upper ? 2.5 : -0.5);
        EXPECT_GE(x_face.x[2 * i + 1], 1.0);
        EXPECT_LE(x_face.x[2 * i + 1], 1.5);
        EXPECT_EQ(y_face.x[2 * i + 1], upper ? 1.5 : 1.0);
        EXPECT_GE(y_face.x[2 * i], -0.5);
        EXPECT_LE(y_face.x[2 * i], 2.5);
      }
    }
  }
}

TEST(Sampling, TheMiddleFaceOfThreeDimensionsKeepsTheOrderOfTheAxes) {
  const ScaledBox cuboid{{0, 10, 20}, {1, 11, 21}};
  const PointSet set = sample_face("sobol", cuboid, 1, true, 8, {1, "face", 0});
  for (int i = 0; i < set.size(); ++i) {
    EXPECT_TRUE(set.x[3 * i] >= 0 && set.x[3 * i] <= 1);
    EXPECT_EQ(set.x[3 * i + 1], 11);
    EXPECT_TRUE(set.x[3 * i + 2] >= 20 && set.x[3 * i + 2] <= 21);
  }
}

TEST(Sampling, AFaceOfALineIsOnePoint) {
  const ScaledBox line{{-1}, {3}};
  const PointSet set = sample_face("sobol", line, 0, true, 50, {1, "face", 0});
  EXPECT_EQ(set.x, std::vector<double>{3});
  EXPECT_EQ(set.weights, std::vector<double>{1});
}

TEST(Sampling, RefusesAnUnknownName) {
  try {
    sample_box("sobel", box, 5, {1, "interior", 0});
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "unknown sampler 'sobel'");
  }
}

int on_boundary(const PointSet& set) {
  int count = 0;
  for (int n = 0; n < set.size(); ++n) count += lies_on_boundary(set, n, box) ? 1 : 0;
  return count;
}

TEST(Sampling, AShareOfTheClosedBoxLiesOnItsFaces) {
  const PointSet set = sample_closed_box("sobol", box, 400, 0.15, {1, "interior", 0});
  ASSERT_EQ(set.size(), 400);
  EXPECT_EQ(on_boundary(set), 60);
  EXPECT_NEAR(std::accumulate(set.weights.begin(), set.weights.end(), 0.0), 1, 1e-13);
  int on_face[4] = {};
  for (int n = 0; n < 400; ++n) {
    const double x = set.x[2 * n];
    const double y = set.x[2 * n + 1];
    on_face[0] += x == -0.5;
    on_face[1] += x == 2.5;
    on_face[2] += y == 1.0;
    on_face[3] += y == 1.5;
    // Inside, points keep out of the half cell that those on the faces stand for.
    if (!lies_on_boundary(set, n, box)) {
      EXPECT_GT(std::min({(x + 0.5) / 3, (2.5 - x) / 3, (y - 1) / 0.5, (1.5 - y) / 0.5}), 0.5 / (1 + std::sqrt(340.)));
    }
  }
  for (int count : on_face) EXPECT_EQ(count, 15);
  EXPECT_EQ(set.x, sample_closed_box("sobol", box, 400, 0.15, {1, "interior", 0}).x);
}

TEST(Sampling, TheClosedBoxIntegratesToSecondOrder) {
  // Largest on the boundary: weights that count points there like points inside would be wrong in the first digit.
  const auto f = [](double x, double y) { return std::pow((x - 1) / 1.5, 4) + std::pow((y - 1.25) / 0.25, 4); };
  const double exact = 0.4;
  double last = 0;
  for (int count : {256, 1024, 4096}) {
    const double error = std::abs(mean(sample_closed_box("sobol", box, count, 0.15, {1, "interior", 0}), f) - exact);
    EXPECT_LT(error, 8.0 / count) << count;
    last = error;
  }
  EXPECT_LT(last, 2e-3);
}

TEST(Sampling, TheClosedBoxIsTheBoxWhereNoPointIsToSpare) {
  const Draw draw{3, "interior", 0};
  EXPECT_EQ(sample_closed_box("gauss", box, 100, 0.15, draw).x, sample_box("gauss", box, 100, draw).x);
  EXPECT_EQ(sample_closed_box("sobol", box, 4, 0.15, draw).x, sample_box("sobol", box, 4, draw).x);
  EXPECT_EQ(sample_closed_box("random", box, 100, 0, draw).x, sample_box("random", box, 100, draw).x);
  // In one dimension a face is a point, and one is enough.
  const ScaledBox line{{-1.0}, {3.0}};
  const PointSet set = sample_closed_box("sobol", line, 20, 0.5, draw);
  EXPECT_EQ(set.x[18], -1);
  EXPECT_EQ(set.x[19], 3);
  EXPECT_NEAR(set.weights[18], 0.5 / 19, 1e-15);
  EXPECT_NEAR(set.weights[0], 1.0 / 19, 1e-15);
}

}  // namespace
}  // namespace nusselt
