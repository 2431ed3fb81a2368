// The product of two jets by Leibniz' rule:
//     (a d)_0 = a_0 d_0,   (a d)_i = a_i d_0 + a_0 d_i,
//     (a d)_k = a_k d_0 + a_0 d_k + sum over pairs of  weight (a_i d_j + a_j d_i) ,
// the pairs being those of for_each_term, in third-order channels a first and a second derivative each.
#pragma once

#include <torch/types.h>

#include "networks/jet.hpp"

namespace nusselt {

/// a [C, N, ...] and d, whose features may be one for all of a's -> [C, N, ...]
torch::Tensor jet_product(const torch::Tensor& a, const torch::Tensor& d, const JetSpec& spec);

/// The adjoint of one factor of the product, given the other one and ybar [C, E, N, ...]; not summed over features that
/// the factor has one of.
torch::Tensor jet_product_adjoint(const torch::Tensor& other, const JetSpec& spec, const torch::Tensor& ybar);

}  // namespace nusselt
