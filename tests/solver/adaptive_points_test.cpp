#include "solver/adaptive_points.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace nusselt {
namespace {

const ScaledBox unit_line{{0.0}, {1.0}};

/// A layer at x = 1.
double layer(double x) { return 0.1 + std::exp(-50 * (1 - x)); }

std::vector<double> sizes(const PointSet& set) {
  std::vector<double> r;
  for (double x : set.x) r.push_back(layer(x));
  return r;
}

double mean_of(const PointSet& set, double (*f)(double)) {
  double sum = 0;
  for (int n = 0; n < set.size(); ++n) sum += set.weights[n] * f(set.x[n]);
  return sum;
}

/// In ascending order, so that one point for each part of the probability is one for each part of the line.
PointSet line(int count, const char* purpose = "candidates") {
  PointSet set = sample_box("sobol", unit_line, count, {1, purpose, 0});
  std::sort(set.x.begin(), set.x.end());
  return set;
}

std::vector<double> offsets(int count) { return sample_box("random", unit_line, count, {1, "offsets", 0}).x; }

TEST(AdaptivePoints, RadIsEquationTwoOfItsPaper) {
  const std::vector<double> p = rad_density({1, -2, 0, 5}, 1, 1);  // mean 2
  const double sum = 1.5 + 2 + 1 + 3.5;
  EXPECT_NEAR(p[0], 1.5 / sum, 1e-15);
  EXPECT_NEAR(p[1], 2 / sum, 1e-15);
  EXPECT_NEAR(p[2], 1 / sum, 1e-15);
  EXPECT_NEAR(p[3], 3.5 / sum, 1e-15);
  const std::vector<double> squared = rad_density({1, 3}, 2, 0.5);  // mean of squares 5
  EXPECT_NEAR(squared[0] / squared[1], (0.2 + 0.5) / (1.8 + 0.5), 1e-15);
  EXPECT_EQ(rad_density({0, 0}, 1, 1), (std::vector<double>{0.5, 0.5}));
}

TEST(AdaptivePoints, PointsComeAsOftenAsTheDensitySays) {
  const std::vector<double> density = {0.1, 0.4, 0.05, 0.25, 0.2};
  const PointSet candidates{1, {0, 1, 2, 3, 4}, std::vector<double>(5, 0.2)};
  std::map<double, int> histogram;
  constexpr int draws = 20;
  for (int d = 0; d < draws; ++d) {
    const PointSet set = draw_by_density(candidates, density, std::vector<double>(10, (d + 0.5) / draws));
    EXPECT_EQ(set.size(), 10);
    for (double x : set.x) ++histogram[x];
  }
  for (int i = 0; i < 5; ++i) EXPECT_NEAR(histogram[i], draws * 10 * density[i], 1) << i;
}

TEST(AdaptivePoints, TheHistogramOfRadFollowsItsDensity) {
  const PointSet candidates = line(20000);
  const std::vector<double> density = rad_density(sizes(candidates), 1, 1);
  const PointSet set = draw_by_density(candidates, density, offsets(2000));
  for (int bin = 0; bin < 10; ++bin) {
    const auto inside = [&](double x) { return x >= 0.1 * bin && x < 0.1 * (bin + 1); };
    double expected = 0;
    for (int n = 0; n < candidates.size(); ++n) expected += inside(candidates.x[n]) ? density[n] : 0;
    const auto found = std::count_if(set.x.begin(), set.x.end(), inside);
    EXPECT_NEAR(static_cast<double>(found) / 2000, expected, 0.005) << bin;
  }
  // The last tenth, with the layer in it, has the most.
  EXPECT_GT(std::count_if(set.x.begin(), set.x.end(), [](double x) { return x > 0.9; }), 300);
}

TEST(AdaptivePoints, WeightsKeepIntegralsWhateverTheDensity) {
  const PointSet candidates = line(10000);
  const auto square = [](double x) { return layer(x) * layer(x); };
  const double exact = 0.01 + 0.2 / 50 + 0.01;  // up to exp(-50)
  const auto line_value = [](double x) { return x; };
  for (const double power : {0.0, 1.0, 2.0}) {
    const PointSet rad = draw_by_density(candidates, rad_density(sizes(candidates), power, 1), offsets(1000));
    EXPECT_NEAR(std::accumulate(rad.weights.begin(), rad.weights.end(), 0.0), 1, 1e-13);
    EXPECT_NEAR(mean_of(rad, square), exact, 0.03 * exact) << power;
    EXPECT_NEAR(mean_of(rad, line_value), 0.5, 0.005) << power;
  }
}

TEST(AdaptivePoints, CandidatesKeepTheirOwnWeights) {
  // A quarter of the candidates stands for a thousandth of the box.
  const PointSet candidates{1, {0, 1, 2, 3}, {0.333, 0.333, 0.333, 0.001}};
  const PointSet set = draw_by_density(candidates, {0.25, 0.25, 0.25, 0.25}, {0.5, 0.5, 0.5, 0.5});
  EXPECT_EQ(set.x, candidates.x);
  for (int n = 0; n < 4; ++n) EXPECT_NEAR(set.weights[n], candidates.weights[n], 1e-15);
}

TEST(AdaptivePoints, R3RetainsWhatIsAboveTheMeanAndReleasesTheRest) {
  const PointSet before = line(400, "before");
  const std::vector<double> r = sizes(before);
  const double threshold = std::accumulate(r.begin(), r.end(), 0.0) / 400;
  std::vector<double> kept;
  for (int n = 0; n < 400; ++n) {
    if (r[n] > threshold) kept.push_back(before.x[n]);
  }
  ASSERT_GT(kept.size(), 10u);
  ASSERT_LT(kept.size(), 40u);
  int asked = 0;
  const PointSet after = retain_and_release(
      before, unit_line, sizes, [&](int n) { return line(asked = n, "fresh"); }, line(4000));
  ASSERT_EQ(after.size(), 400);
  EXPECT_EQ(asked, 400 - static_cast<int>(kept.size()));
  EXPECT_EQ(std::vector<double>(after.x.begin(), after.x.begin() + static_cast<std::ptrdiff_t>(kept.size())), kept);

  // Points gather in the layer, and the weights know it.
  PointSet set = after;
  for (int i = 0; i < 5; ++i) {
    const std::string purpose = "fresh " + std::to_string(i);
    set = retain_and_release(
        set, unit_line, sizes, [&](int n) { return line(n, purpose.c_str()); }, line(4000));
  }
  EXPECT_GT(std::count_if(set.x.begin(), set.x.end(), [](double x) { return x > 0.95; }), 60);
  EXPECT_NEAR(std::accumulate(set.weights.begin(), set.weights.end(), 0.0), 1, 1e-13);
  EXPECT_NEAR(mean_of(set, [](double x) { return x; }), 0.5, 0.01);
}

TEST(AdaptivePoints, R3TellsTheBoundaryFromTheInside) {
  const auto closed = [](int n, const char* purpose) {
    return sample_closed_box("sobol", unit_line, n, 0.15, {1, purpose, 0});
  };
  const PointSet before = closed(50, "before");
  const PointSet after = retain_and_release(
      before, unit_line, sizes, [&](int n) { return closed(n, "fresh"); }, closed(500, "candidates"));
  for (int n = 0; n < after.size(); ++n) {
    EXPECT_GT(after.weights[n], 0) << n;
    if (!lies_on_boundary(after, n, unit_line)) continue;
    EXPECT_LT(after.weights[n], 0.02) << after.x[n];
  }
}

}  // namespace
}  // namespace nusselt
