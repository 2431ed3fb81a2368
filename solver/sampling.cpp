#include "solver/sampling.hpp"

#include <algorithm>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <stdexcept>

namespace nusselt {

namespace {

/// FNV-1a; std::hash may differ between standard libraries, and a seed must not.
std::uint64_t stable_hash(const std::string& text, std::uint64_t seed) {
  std::uint64_t h = 0xcbf29ce484222325ULL ^ (seed * 0x9e3779b97f4a7c15ULL);
  for (unsigned char c : text) h = (h ^ c) * 0x100000001b3ULL;
  return h;
}

std::mt19937_64 generator_of(const Draw& draw) {
  return std::mt19937_64(stable_hash(draw.purpose + "#" + std::to_string(draw.number), draw.seed));
}

/// In [0, 1), 53 bits: the same on every platform.
double uniform(std::mt19937_64& generator) { return static_cast<double>(generator() >> 11) * 0x1p-53; }

using UnitPoints = std::vector<double>;  // row-major, in the unit cube

PointSet equally_weighted(int dimensions, UnitPoints points) {
  const std::size_t count = points.size() / static_cast<std::size_t>(dimensions);
  return {dimensions, std::move(points), std::vector<double>(count, 1.0 / static_cast<double>(count))};
}

PointSet sobol(int dimensions, int count, const Draw& draw) {
  std::mt19937_64 generator = generator_of(draw);
  std::vector<double> shift(dimensions);
  for (double& s : shift) s = uniform(generator);
  boost::random::sobol engine(static_cast<std::size_t>(dimensions));
  UnitPoints points;
  const double range = static_cast<double>(engine.max()) + 1;
  for (int i = 0; i < count; ++i) {
    for (int d = 0; d < dimensions; ++d) {
      const double shifted = static_cast<double>(engine()) / range + shift[d];
      points.push_back(shifted - std::floor(shifted));
    }
  }
  return equally_weighted(dimensions, std::move(points));
}

bool is_prime(int n) {
  for (int d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

/// The digits of n mirrored at the point.
double radical_inverse(int n, int base) {
  double value = 0;
  double digit = 1;
  for (; n > 0; n /= base) {
    digit /= base;
    value += digit * (n % base);
  }
  return value;
}

PointSet halton(int dimensions, int count, const Draw& draw) {
  std::mt19937_64 generator = generator_of(draw);
  UnitPoints points(static_cast<std::size_t>(count) * dimensions);
  int base = 1;
  for (int d = 0; d < dimensions; ++d) {
    do ++base;
    while (!is_prime(base));
    const double shift = uniform(generator);
    for (int n = 0; n < count; ++n) {
      const double shifted = radical_inverse(n, base) + shift;
      points[static_cast<std::size_t>(n) * dimensions + d] = shifted - std::floor(shifted);
    }
  }
  return equally_weighted(dimensions, std::move(points));
}

PointSet latin_hypercube(int dimensions, int count, const Draw& draw) {
  std::mt19937_64 generator = generator_of(draw);
  UnitPoints points(static_cast<std::size_t>(count) * dimensions);
  std::vector<int> part(count);
  for (int d = 0; d < dimensions; ++d) {
    std::iota(part.begin(), part.end(), 0);
    // Fisher-Yates by hand: std::shuffle differs between standard libraries.
    for (int n = count - 1; n > 0; --n) std::swap(part[n], part[static_cast<int>(uniform(generator) * (n + 1))]);
    for (int n = 0; n < count; ++n) {
      points[static_cast<std::size_t>(n) * dimensions + d] = (part[n] + uniform(generator)) / count;
    }
  }
  return equally_weighted(dimensions, std::move(points));
}

PointSet random(int dimensions, int count, const Draw& draw) {
  std::mt19937_64 generator = generator_of(draw);
  UnitPoints points(static_cast<std::size_t>(count) * dimensions);
  for (double& p : points) p = uniform(generator);
  return equally_weighted(dimensions, std::move(points));
}

PointSet gauss(int dimensions, int count, const Draw&) {
  const int per_axis = std::max(2, static_cast<int>(std::lround(std::pow(count, 1.0 / dimensions))));
  const GaussRule rule = gauss_legendre(per_axis);
  PointSet set{dimensions, {}, {}};
  std::vector<int> index(dimensions, 0);
  while (true) {
    double weight = 1;
    for (int d = 0; d < dimensions; ++d) {
      set.x.push_back(rule.nodes[index[d]]);
      weight *= rule.weights[index[d]];
    }
    set.weights.push_back(weight);
    int d = 0;
    while (d < dimensions && ++index[d] == per_axis) index[d++] = 0;
    if (d == dimensions) return set;
  }
}

using Sampler = std::function<PointSet(int, int, const Draw&)>;

const std::map<std::string, Sampler>& samplers() {
  static const std::map<std::string, Sampler> known = {
      {"sobol", sobol}, {"halton", halton}, {"latin_hypercube", latin_hypercube}, {"random", random}, {"gauss", gauss}};
  return known;
}

PointSet sample_unit(const std::string& sampler, int dimensions, int count, const Draw& draw) {
  const auto found = samplers().find(sampler);
  if (found == samplers().end()) throw std::invalid_argument("unknown sampler '" + sampler + "'");
  return found->second(dimensions, count, draw);
}

}  // namespace

std::vector<std::string> sampler_names() {
  std::vector<std::string> names;
  for (const auto& [name, sampler] : samplers()) names.push_back(name);
  return names;
}

PointSet sample_box(const std::string& sampler, const ScaledBox& box, int count, const Draw& draw) {
  PointSet set = sample_unit(sampler, box.dimensions(), count, draw);
  for (std::size_t i = 0; i < set.x.size(); ++i) {
    const std::size_t d = i % box.lower.size();
    set.x[i] = box.lower[d] + set.x[i] * (box.upper[d] - box.lower[d]);
  }
  return set;
}

PointSet sample_face(const std::string& sampler, const ScaledBox& box, int axis, bool upper, int count,
                     const Draw& draw) {
  const double fixed = (upper ? box.upper : box.lower)[axis];
  if (box.dimensions() == 1) return {1, {fixed}, {1.0}};
  ScaledBox rest = box;
  rest.lower.erase(rest.lower.begin() + axis);
  rest.upper.erase(rest.upper.begin() + axis);
  const PointSet inner = sample_box(sampler, rest, count, draw);
  PointSet set{box.dimensions(), {}, inner.weights};
  for (int n = 0; n < inner.size(); ++n) {
    for (int d = 0, from = 0; d < box.dimensions(); ++d) {
      set.x.push_back(d == axis ? fixed : inner.x[n * inner.dimensions + from++]);
    }
  }
  return set;
}

PointSet sample_closed_box(const std::string& sampler, const ScaledBox& box, int count, double on_boundary,
                           const Draw& draw) {
  const int dimensions = box.dimensions();
  int per_face = static_cast<int>(std::lround(on_boundary * count / (2 * dimensions)));
  if (dimensions == 1) per_face = std::min(per_face, 1);
  if (sampler == "gauss") per_face = 0;
  const int inside = count - 2 * dimensions * per_face;
  if (per_face == 0 || inside < 1) return sample_box(sampler, box, count, draw);

  const double cell = 1 / (1 + std::pow(inside, 1.0 / dimensions));  // of the box's extent along an axis
  ScaledBox inner = box;
  for (int d = 0; d < dimensions; ++d) {
    const double layer = 0.5 * cell * (box.upper[d] - box.lower[d]);
    inner.lower[d] += layer;
    inner.upper[d] -= layer;
  }
  const double inner_share = std::pow(1 - cell, dimensions);
  PointSet set = sample_box(sampler, inner, inside, draw);
  for (double& weight : set.weights) weight *= inner_share;
  for (int axis = 0; axis < dimensions; ++axis) {
    for (const bool upper : {false, true}) {
      const Draw here{draw.seed, draw.purpose + " face " + std::to_string(2 * axis + upper), draw.number};
      const PointSet face = sample_face(sampler, box, axis, upper, per_face, here);
      set.x.insert(set.x.end(), face.x.begin(), face.x.end());
      for (double weight : face.weights) set.weights.push_back(weight * (1 - inner_share) / (2 * dimensions));
    }
  }
  return set;
}

void crowd_to_walls(PointSet& set, const ScaledBox& box, const std::vector<int>& axes, double ratio) {
  if (!(ratio > 1)) return;
  const double b = std::acosh(std::sqrt(ratio));  // the slope of tanh falls by cosh(b)^2 from the middle to the wall
  const double ends = std::tanh(b);
  double sum = 0;
  for (int n = 0; n < set.size(); ++n) {
    for (const int axis : axes) {
      double& x = set.x[static_cast<std::size_t>(n) * set.dimensions + axis];
      const double lower = box.lower[axis];
      const double upper = box.upper[axis];
      const double moved = std::tanh(b * (2 * (x - lower) / (upper - lower) - 1));
      set.weights[n] *= b * (1 - moved * moved) / ends;
      if (x != lower && x != upper) x = lower + 0.5 * (1 + moved / ends) * (upper - lower);
    }
    sum += set.weights[n];
  }
  for (double& weight : set.weights) weight /= sum;
}

double wall_density(double depth, double ratio) {
  const double moved = (1 - std::min(depth, 1.0)) * std::sqrt(1 - 1 / ratio);  // tanh of acosh(sqrt(ratio))
  return 1 / (1 - moved * moved);
}

bool lies_on_boundary(const PointSet& set, int n, const ScaledBox& box) {
  for (int d = 0; d < set.dimensions; ++d) {
    const double x = set.x[static_cast<std::size_t>(n) * set.dimensions + d];
    if (x == box.lower[d] || x == box.upper[d]) return true;
  }
  return false;
}

}  // namespace nusselt
