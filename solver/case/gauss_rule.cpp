#include "solver/case/gauss_rule.hpp"

#include <cmath>
#include <numbers>

namespace nusselt {

GaussRule gauss_legendre(int count) {
  GaussRule rule{std::vector<double>(count), std::vector<double>(count)};
  for (int i = 0; i < count; ++i) {
    // Newton from the asymptotic root (Abramowitz & Stegun 22.16.6) converges for every root and count.
    double t = std::cos(std::numbers::pi * (i + 0.75) / (count + 0.5));
    double slope = 1;
    for (int iteration = 0; iteration < 100; ++iteration) {
      double p = 1;
      double previous = 0;
      for (int k = 1; k <= count; ++k) {
        const double next = ((2 * k - 1) * t * p - (k - 1) * previous) / k;
        previous = p;
        p = next;
      }
      slope = count * (t * p - previous) / (t * t - 1);
      const double step = p / slope;
      t -= step;
      if (std::abs(step) < 1e-15) break;
    }
    rule.nodes[i] = 0.5 * (1 - t);
    rule.weights[i] = 1 / ((1 - t * t) * slope * slope);
  }
  return rule;
}

}  // namespace nusselt
