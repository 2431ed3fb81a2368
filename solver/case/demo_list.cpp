#include "solver/case/demo_list.hpp"

#include <algorithm>
#include <stdexcept>

#include "nondim/did_you_mean.hpp"
#include "solver/case/input_error.hpp"

namespace nusselt {

const std::vector<Choice>& demo_list() {
  static const std::vector<Choice> list = {
      {"invariances", "what layer, RMS and group normalization are blind to, and RMS is not"},
      {"batch_of_one", "batch normalization of one point: no NaN, no derivative, no training"},
      {"frozen_batch", "batch normalization that is exact: constant in the coordinates, followed in the parameters"},
      {"one_reference_set", "one field for all sets of points, or a boundary condition on another function"},
      {"grad_of_sum", "the usual coordinate derivative is wrong under batch normalization, at every batch size"},
      {"fused_norms", "parameter gradients of u_xx: exact here, wrong through fused layer and batch norm"},
      {"micro_batches", "gradients summed over micro-batches: equal to the full batch's, or not"},
      {"pointwise", "which networks know of a point's neighbours"},
      {"placement", "gradient of the last layer against depth: pre-LN falls as L^-1/2, post-LN stays"},
      {"residual_variance", "how values and derivatives grow through residual blocks"},
      {"group_size", "groups of two neurons have no derivative, groups of three a third of one"},
      {"zero_bias", "LayerNorm after a first layer without bias: u(x) = u(2x)"},
      {"weight_scale", "before a norm the loss does not know the scale of the weights"},
      {"gamma", "doubling a norm's gain doubles the gradient below it"},
      {"layer_rates", "learning rates that follow the weights: training does not know their scale either"},
      {"unit_mismatch", "the mean of a Pascal per metre and a Kelvin per second is no number"},
      {"unit_systems", "one case in SI, CGS and imperial units: the same training"},
      {"naive_layernorm", "LayerNorm of the residual vector: its squares sum to the number of equations"},
      {"conditioning", "weights of geometric mean 1 that leave zero residuals the target"},
  };
  return list;
}

const std::string& demo_title(const std::string& name) {
  std::vector<std::string> names;
  for (const Choice& demo : demo_list()) {
    if (demo.name == name) return demo.doc;
    names.push_back(demo.name);
  }
  const std::string near = did_you_mean(name, names);
  throw std::out_of_range("there is no demonstration " + quote(name) +
                          (near.empty() ? "; `nusselt demo` lists them" : "; did you mean " + near + "?"));
}

}  // namespace nusselt
