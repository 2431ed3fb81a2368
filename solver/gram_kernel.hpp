// J J^T from the factors of the Jacobian's rows, without the Jacobian.
//
// The part of row (n, e) that belongs to a weight matrix is the matrix  sum_c zbar_c[n, e] (x) a_c[n] , so the product
// of two rows is
//     sum_{c, c'} (a_c[n] . a_c'[m]) (zbar_c[n, e] . zbar_c'[m, f]) :
// two Gram matrices of vectors of the layer's width, multiplied element by element and summed over pairs of channels
// (R. Novak, J. Sohl-Dickstein & S. S. Schoenholz, Fast finite width neural tangent kernel, arXiv:2206.08720, section
// 3.4, with the channels of a jet in the place of shared weights). With C channels and E equations at N points, R = N
// E, that is C^2 (R^2 Ho + N^2 Hi) multiplications in place of R^2 Ho Hi. For each matrix of the network the cheaper
// way is taken, by counted multiplications; what is written out (vectors, narrow matrices) forms a narrow Jacobian.
// Channels in which an equation has no adjoint (second derivatives in a continuity equation) are left out.
// Adjoint vectors that are multiples of each other at every point enter their Gram matrix once, and a bias goes with
// its matrix as a constant input. Products are those of the tile engine's kernels (networks/tile_kernels.hpp).
#pragma once

#include <torch/types.h>

#include <vector>

#include "networks/parameter_gradient.hpp"

namespace nusselt {

/// [R, R] in float64, upper triangle (row-major). `tiles`: the factors of consecutive groups of rows, row (n, e) of a
/// tile at n * E + e; every tile has the same matrices and vectors in the same order. The same bits for any number of
/// threads, apart from what BLAS does in the product of the narrow Jacobian.
torch::Tensor gram_kernel(const std::vector<std::vector<RowFactors>>& tiles);

}  // namespace nusselt
