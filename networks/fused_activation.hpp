// Activation jets and adjoints in one kernel each, where there is one: on a GPU, in a build that found nvcc. Everywhere
// else the operations of activation.hpp serve.
#pragma once

#include <torch/types.h>

#include <optional>
#include <string>

#include "networks/activation.hpp"
#include "networks/activation_kernel.hpp"

namespace nusselt {

/// What was built in, for `nusselt --version` and the provenance: "built in by nvcc 13.0.88", or that there is none.
std::string activation_kernels();

/// The second-order channels in plain memory; nothing when there are more than a kernel takes, or third
/// derivatives.
std::optional<JetTerms> jet_terms(const JetSpec& spec);

/// Contiguous z [C, N, H], and for an adjoint ybar [C, E, N, H], as a kernel sees them; `result` is like the last.
template <class T>
ActivationArguments<T> activation_arguments(const JetTerms& terms, const torch::Tensor& z, const torch::Tensor& ybar,
                                            const torch::Tensor& result);

/// Whether the two below serve this activation, device and spec.
bool has_activation_kernel(const Activation& activation, const torch::Tensor& z, const JetSpec& spec);
/// z [C, N, H] -> y [C, N, H]
torch::Tensor fused_activation_jet(const Activation& activation, const torch::Tensor& z, const JetSpec& spec);
/// ybar [C, E, N, H] -> zbar [C, E, N, H]
torch::Tensor fused_activation_adjoint(const Activation& activation, const torch::Tensor& z, const JetSpec& spec,
                                       const torch::Tensor& ybar);

}  // namespace nusselt
