// What a network does to the coordinates before anything is trained: exact functions of them, with exact jets.
//
//     box       xi = 2 (x - lower) / (upper - lower) - 1, on [-1, 1]
//     periodic  along a periodic axis cos and sin of 2 pi (x - lower) / (upper - lower) in the place of xi, so that
//               every field has the period of the box, with all derivatives (Dong & Ni 2021, arXiv:2007.07442)
//     fourier   [cos(B e), sin(B e)] of all these e, the frequencies B normal with standard deviation fourier_scale and
//               never trained (Tancik et al. 2020, arXiv:2006.10739)
// The frequencies follow from fourier_seed alone; they are part of the settings, not of theta.
#pragma once

#include <torch/types.h>

#include <memory>
#include <vector>

#include "networks/jet.hpp"
#include "networks/layout/network_settings.hpp"

namespace nusselt {

class Embedding {
 public:
  explicit Embedding(const NetworkSettings& settings);

  /// x [N, D] -> [N, F] in operations that autograd differentiates to any order.
  torch::Tensor reference(const torch::Tensor& x) const;
  /// x [N, D] -> [C, N, F]
  torch::Tensor jet(const torch::Tensor& x, const JetSpec& spec) const;

 private:
  struct Cache;
  /// B [fourier, E] of the precision and on the device of x.
  torch::Tensor frequencies(const torch::Tensor& x) const;
  torch::Tensor affine(const torch::Tensor& x) const;

  NetworkSettings settings_;
  std::vector<bool> is_periodic_;
  std::vector<double> scale_, offset_;  // of each coordinate
  torch::Tensor frequencies_;           // float64 on the CPU; undefined without
  std::shared_ptr<Cache> cache_;
};

}  // namespace nusselt
