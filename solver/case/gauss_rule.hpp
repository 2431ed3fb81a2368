// Gauss-Legendre quadrature on the unit interval.
#pragma once

#include <vector>

namespace nusselt {

/// Nodes on [0, 1] in rising order and weights that sum to 1.
struct GaussRule {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Exact for polynomials of degree 2 count - 1.
GaussRule gauss_legendre(int count);

}  // namespace nusselt
