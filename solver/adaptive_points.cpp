#include "solver/adaptive_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace nusselt {

namespace {

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

void append(PointSet& set, const PointSet& from, int n) {
  const auto first = from.x.begin() + static_cast<std::ptrdiff_t>(n) * from.dimensions;
  set.x.insert(set.x.end(), first, first + from.dimensions);
  set.weights.push_back(from.weights[n]);
}

void normalize(std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
}

}  // namespace

std::vector<double> rad_density(const std::vector<double>& residuals, double power, double floor) {
  std::vector<double> density;
  for (double r : residuals) density.push_back(std::pow(std::abs(r), power));
  const double scale = mean(density);
  for (double& p : density) p = (scale > 0 ? p / scale : 0) + floor;
  normalize(density);
  return density;
}

PointSet draw_by_density(const PointSet& candidates, const std::vector<double>& density,
                         const std::vector<double>& offsets) {
  PointSet set{candidates.dimensions, {}, {}};
  int candidate = 0;
  double reached = density[0];
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const double wanted = (offsets[i] + static_cast<double>(i)) / static_cast<double>(offsets.size());
    while (reached <= wanted && candidate + 1 < candidates.size()) reached += density[++candidate];
    append(set, candidates, candidate);
    set.weights.back() /= density[candidate];
  }
  normalize(set.weights);
  return set;
}

PointSet retain_and_release(const PointSet& set, const ScaledBox& box, const ResidualSize& residual_size,
                            const std::function<PointSet(int)>& fresh, const PointSet& candidates) {
  const std::vector<double> residuals = residual_size(set);
  const double threshold = mean(residuals);
  PointSet result{set.dimensions, {}, {}};
  for (int n = 0; n < set.size(); ++n) {
    if (residuals[n] > threshold) append(result, set, n);
  }
  const PointSet released = fresh(set.size() - result.size());
  for (int n = 0; n < released.size(); ++n) append(result, released, n);

  // A point on the boundary stands for another share of the box than one inside, so the two are told apart.
  const auto parts_of = [&](const PointSet& points) {
    const std::vector<double> sizes = residual_size(points);
    std::vector<std::size_t> parts;
    for (int n = 0; n < points.size(); ++n) {
      parts.push_back((sizes[n] > threshold ? 2u : 0u) + (lies_on_boundary(points, n, box) ? 1u : 0u));
    }
    return parts;
  };
  std::array<double, 4> share{};
  std::array<int, 4> members{};
  const std::vector<std::size_t> of_candidates = parts_of(candidates);
  for (int n = 0; n < candidates.size(); ++n) share[of_candidates[n]] += candidates.weights[n];
  const std::vector<std::size_t> of_result = parts_of(result);
  for (std::size_t part : of_result) ++members[part];
  // A part so small that no candidate met it is given half of one.
  const double least = 0.5 / candidates.size();
  for (int n = 0; n < result.size(); ++n) {
    result.weights[n] = std::max(share[of_result[n]], least) / members[of_result[n]];
  }
  normalize(result.weights);
  return result;
}

}  // namespace nusselt
