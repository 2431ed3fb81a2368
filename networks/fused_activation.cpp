#include "networks/fused_activation.hpp"

#include <ATen/Dispatch.h>

#include <stdexcept>

// Set by CMake where nvcc compiled activation_kernel.cu: its version.
#ifdef NUSSELT_NVCC
#include <c10/cuda/CUDAStream.h>
#endif

namespace nusselt {

using torch::Tensor;

// A kernel's arguments have 4 KB.
static_assert(sizeof(ActivationArguments<double>) <= 4096);

std::optional<JetTerms> jet_terms(const JetSpec& spec) {
  if (!spec.third.empty()) return std::nullopt;
  JetTerms jet{};
  jet.channels = spec.channels();
  jet.first_second = spec.first ? 1 + spec.axes : 1;
  if (jet.seconds() > JetTerms::most_second || jet.firsts() > JetTerms::most_second) return std::nullopt;
  int count = 0;
  for (int k = 0; k < jet.seconds(); ++k) {
    jet.term[k] = count;
    for (const SecondOrder::Term& term : spec.second[k].terms) {
      if (count == JetTerms::most_terms) return std::nullopt;
      jet.terms[count++] = {spec.first_channel(term.i), spec.first_channel(term.j), term.weight};
    }
    jet.term[k + 1] = count;
  }
  count = 0;
  for (int axis = 0; axis < jet.firsts(); ++axis) {
    jet.slope[axis] = count;
    const int channel = spec.first_channel(axis);
    for (int k = 0; k < jet.seconds(); ++k) {
      for (int t = jet.term[k]; t < jet.term[k + 1]; ++t) {
        const auto& [i, j, weight] = jet.terms[t];
        const int second = jet.first_second + k;
        if (i == channel) jet.slopes[count++] = {second, j, i == j ? 2 * weight : weight};
        if (j == channel && i != j) jet.slopes[count++] = {second, i, weight};
      }
    }
    jet.slope[axis + 1] = count;
  }
  return jet;
}

template <class T>
ActivationArguments<T> activation_arguments(const JetTerms& terms, const Tensor& z, const Tensor& ybar,
                                            const Tensor& result) {
  if (!z.is_contiguous() || !result.is_contiguous() || (ybar.defined() && !ybar.is_contiguous())) {
    throw std::invalid_argument("an activation kernel takes contiguous tensors");
  }
  const T* const seeds = ybar.defined() ? ybar.data_ptr<T>() : nullptr;
  return {terms, z.size(1) * z.size(2), ybar.defined() ? ybar.size(1) : 1, z.data_ptr<T>(),
          seeds, result.data_ptr<T>()};
}

template ActivationArguments<float> activation_arguments(const JetTerms&, const Tensor&, const Tensor&, const Tensor&);
template ActivationArguments<double> activation_arguments(const JetTerms&, const Tensor&, const Tensor&, const Tensor&);

#ifdef NUSSELT_NVCC

std::string activation_kernels() { return "activation kernels built in by nvcc " NUSSELT_NVCC; }

bool has_activation_kernel(const Activation& activation, const Tensor& z, const JetSpec& spec) {
  return z.is_cuda() && activation.kernel && jet_terms(spec);
}

Tensor fused_activation_jet(const Activation& activation, const Tensor& z, const JetSpec& spec) {
  const Tensor input = z.contiguous();
  Tensor y = at::empty_like(input);
  AT_DISPATCH_FLOATING_TYPES(z.scalar_type(), "fused_activation_jet", [&] {
    launch_activation_jet<scalar_t>(activation.kernel.value(),
                                    activation_arguments<scalar_t>(jet_terms(spec).value(), input, {}, y),
                                    c10::cuda::getCurrentCUDAStream(z.device().index()).stream());
  });
  return y;
}

Tensor fused_activation_adjoint(const Activation& activation, const Tensor& z, const JetSpec& spec,
                                const Tensor& ybar) {
  const Tensor input = z.contiguous(), seeds = ybar.contiguous();
  Tensor zbar = at::empty_like(seeds);
  AT_DISPATCH_FLOATING_TYPES(z.scalar_type(), "fused_activation_adjoint", [&] {
    launch_activation_adjoint<scalar_t>(activation.kernel.value(),
                                        activation_arguments<scalar_t>(jet_terms(spec).value(), input, seeds, zbar),
                                        c10::cuda::getCurrentCUDAStream(z.device().index()).stream());
  });
  return zbar;
}

#else

std::string activation_kernels() { return "no kernels built in; a GPU computes with LibTorch's operations alone"; }

bool has_activation_kernel(const Activation&, const Tensor&, const JetSpec&) { return false; }

Tensor fused_activation_jet(const Activation&, const Tensor&, const JetSpec&) {
  throw std::logic_error("this program was built without activation kernels");
}

Tensor fused_activation_adjoint(const Activation&, const Tensor&, const JetSpec&, const Tensor&) {
  throw std::logic_error("this program was built without activation kernels");
}

#endif

}  // namespace nusselt
