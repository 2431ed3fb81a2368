#include "solver/device.hpp"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <sched.h>

#include "networks/instruction_set.hpp"
#include "solver/dense.hpp"

namespace nusselt {

std::string resolve_device(const std::string& wanted) {
  const bool has_gpu = at::hasCUDA() && at::detail::getCUDAHooks().getNumGPUs() > 0;
  if (wanted == "auto") return has_gpu ? "cuda" : "cpu";
  if (wanted == "cuda" && !has_gpu) {
    // hasCUDA() asks for a GPU in LibTorch 2.x; hasCUDART() is true in every build with CUDA.
    throw DeviceError(at::detail::getCUDAHooks().hasCUDART()
                          ? "no CUDA device: this LibTorch has CUDA, but no GPU answers. Use device=cpu or device=auto."
                          : "no CUDA device: this LibTorch was built without CUDA. Use device=cpu, or the wheel of "
                            "LibTorch 2.x (./nusselt --torch=wheel ...).");
  }
  return wanted;
}

int resolve_threads(int wanted) {
  if (wanted > 0) return wanted;
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  return sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
}

std::string resolve_instructions(const std::string& given) {
  if (!given.empty()) return given;
  try {
    return name_of(best_instruction_set());
  } catch (const std::invalid_argument& error) {
    throw DeviceError(error.what());
  }
}

void use_threads(int threads) {
  at::set_num_threads(threads);
  set_blas_threads(threads);
}

torch::TensorOptions tensor_options(const std::string& device, const std::string& precision) {
  return at::TensorOptions()
      .dtype(precision == "float32" ? at::kFloat : at::kDouble)
      .device(device == "cuda" ? at::kCUDA : at::kCPU);
}

}  // namespace nusselt
