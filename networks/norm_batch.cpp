// Batch normalization: each feature to mean 0 and variance 1 over a reference set of points (Ioffe & Szegedy 2015,
// arXiv:1502.03167).
#include "networks/norm_frozen.hpp"
#include "networks/registry.hpp"

namespace nusselt {
namespace {

const RegisterNorm registered{"batch", [](const NormOptions& options) -> std::shared_ptr<const Norm> {
                                return std::make_shared<FrozenNorm>(options.eps);
                              }};

}  // namespace
}  // namespace nusselt
