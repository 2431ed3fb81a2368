// Activation jets and adjoints on a GPU, one pass over memory each: bound by bandwidth, so a thread takes one element
// of all channels and reads and writes each number once.
#include <algorithm>
#include <stdexcept>
#include <string>

#include "networks/activation_kernel.hpp"

namespace nusselt {
namespace {

constexpr int block_size = 256;
constexpr std::int64_t most_blocks = 1 << 20;

template <PointwiseFunction f, class T>
__global__ void jet_kernel(const ActivationArguments<T> a) {
  const std::int64_t stride = std::int64_t(gridDim.x) * block_size;
  for (std::int64_t i = std::int64_t(blockIdx.x) * block_size + threadIdx.x; i < a.elements; i += stride) {
    jet_element<f>(a, i);
  }
}

template <PointwiseFunction f, class T>
__global__ void adjoint_kernel(const ActivationArguments<T> a) {
  const std::int64_t stride = std::int64_t(gridDim.x) * block_size;
  const std::int64_t count = a.equations * a.elements;
  for (std::int64_t i = std::int64_t(blockIdx.x) * block_size + threadIdx.x; i < count; i += stride) {
    adjoint_element<f>(a, i);
  }
}

template <class T>
using Kernel = void (*)(ActivationArguments<T>);

template <class T>
void launch(Kernel<T> kernel, std::int64_t count, const ActivationArguments<T>& arguments, void* stream) {
  if (count == 0) return;
  const auto blocks = static_cast<unsigned>(std::min(most_blocks, (count + block_size - 1) / block_size));
  kernel<<<blocks, block_size, 0, static_cast<cudaStream_t>(stream)>>>(arguments);
  const cudaError_t error = cudaGetLastError();
  if (error != cudaSuccess) {
    throw std::runtime_error(std::string("the activation kernel could not be started: ") + cudaGetErrorString(error));
  }
}

template <class T>
Kernel<T> jet_kernel_of(PointwiseFunction f) {
  switch (f) {
    case PointwiseFunction::tanh:
      return &jet_kernel<PointwiseFunction::tanh, T>;
    case PointwiseFunction::sin:
      return &jet_kernel<PointwiseFunction::sin, T>;
    case PointwiseFunction::swish:
      return &jet_kernel<PointwiseFunction::swish, T>;
  }
  throw std::logic_error("unknown pointwise function");
}

template <class T>
Kernel<T> adjoint_kernel_of(PointwiseFunction f) {
  switch (f) {
    case PointwiseFunction::tanh:
      return &adjoint_kernel<PointwiseFunction::tanh, T>;
    case PointwiseFunction::sin:
      return &adjoint_kernel<PointwiseFunction::sin, T>;
    case PointwiseFunction::swish:
      return &adjoint_kernel<PointwiseFunction::swish, T>;
  }
  throw std::logic_error("unknown pointwise function");
}

}  // namespace

template <class T>
void launch_activation_jet(PointwiseFunction f, const ActivationArguments<T>& arguments, void* stream) {
  launch(jet_kernel_of<T>(f), arguments.elements, arguments, stream);
}

template <class T>
void launch_activation_adjoint(PointwiseFunction f, const ActivationArguments<T>& arguments, void* stream) {
  launch(adjoint_kernel_of<T>(f), arguments.equations * arguments.elements, arguments, stream);
}

template void launch_activation_jet(PointwiseFunction, const ActivationArguments<float>&, void*);
template void launch_activation_jet(PointwiseFunction, const ActivationArguments<double>&, void*);
template void launch_activation_adjoint(PointwiseFunction, const ActivationArguments<float>&, void*);
template void launch_activation_adjoint(PointwiseFunction, const ActivationArguments<double>&, void*);

}  // namespace nusselt
