// A learning rate for each layer (`optimizer.layer_lr`), for optimizers that step along a gradient.
//
// In front of a norm the scale of a weight matrix W [d_out, d_in] and of its bias says nothing: L(c W) = L(W), so the
// gradient falls as 1 / |W| and a step turns W by an angle that depends on its size (T. van Laarhoven,
// arXiv:1706.05350; E. Hoffer et al., arXiv:1803.01814). With w = |W|_F / sqrt(d_out) and the gain gamma of the norm
//     normalization  gradient descent  rate w^2 / rms(gamma)
//                    adam, soap        rate w          (the size of the gradient, and gamma with it, drops out)
// a training that starts from c W is the same training (exactly, for norm_eps = 0): with these rates every W stays c
// times what it would have been. The sizes are absolute: relative to the start they would lose just that. For the same
// reason nothing that depends on w is clamped, only rms(gamma) from below, and the epsilon of adam and soap is divided
// by w there. With soap rounding decides between eigenvectors of one eigenvalue, so c must be a power of two. Layers
// that no norm follows directly keep the rate.
//     lars           rate |W|_F / |direction of W|_F  for weight and bias of every layer: with the gradient as the
//                    direction LARS without weight decay (Y. You, I. Gitman & B. Ginsburg, arXiv:1708.03888, eq. 6),
//                    with that of adam or soap LAMB (Y. You et al., arXiv:1904.00962, algorithm 2)
// Gains and shifts of norms keep the rate; so does a layer whose weights or direction are zero.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "networks/network.hpp"

namespace nusselt {

class LayerRates {
 public:
  /// One rate for all.
  LayerRates() = default;
  /// `rule`: none, normalization or lars. Throws std::invalid_argument for another, and for `normalization` where no
  /// layer is directly followed by a norm or weights are reparametrized.
  LayerRates(const std::string& rule, const Network& network);

  /// Whether steps differ from those with one rate.
  bool active() const { return rule_ != Rule::none; }
  /// Factors on the rate [P] of a step along -gradient.
  torch::Tensor of_gradient(const torch::Tensor& theta, const torch::Tensor& gradient) const;
  /// The same for steps of a size that does not follow that of the gradient; `direction` is such a step at the rate
  /// `rate`.
  torch::Tensor of_step(const torch::Tensor& theta, const torch::Tensor& direction, double rate) const;
  /// What is added to the root of a second moment in place of `epsilon` [P].
  torch::Tensor epsilon(const torch::Tensor& theta, double epsilon) const;

 private:
  enum class Rule { none, normalization, lars };
  struct Layer {
    std::int64_t weight, bias;  // offsets
    std::int64_t rows, columns;
    std::int64_t gamma = -1;  // of the norm behind it; -1 without a gain
  };

  /// w at weight and bias of the layers, 1 elsewhere [P].
  torch::Tensor sizes(const torch::Tensor& theta) const;
  torch::Tensor trust(const torch::Tensor& theta, const torch::Tensor& direction, double rate) const;
  static void spread(const torch::Tensor& value, const Layer& layer, torch::Tensor& factors);

  Rule rule_ = Rule::none;
  std::vector<Layer> layers_;  // that the rule speaks of
};

}  // namespace nusselt
