// Where a run computes: CPU or GPU, with how many threads. Chosen once at the start, stored, and reused on resume.
#pragma once

#include <torch/types.h>

#include <stdexcept>
#include <string>

namespace nusselt {

/// A device was asked for that is not there. Exit code 69.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `cpu`, `cuda` or `auto` (a GPU when there is one). Throws DeviceError for a GPU that is not there.
std::string resolve_device(const std::string& wanted);
/// 0 means one thread per processor this process may use.
int resolve_threads(int wanted);
/// Vector instructions of the tile engine by name: those given, or for "" the best there are. Throws DeviceError when
/// the environment variable NUSSELT_ISA names some that are not there.
std::string resolve_instructions(const std::string& given);
/// Sets the threads of LibTorch and of BLAS.
void use_threads(int threads);
torch::TensorOptions tensor_options(const std::string& device, const std::string& precision);

}  // namespace nusselt
