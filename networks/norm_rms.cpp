// RMS normalization: mean square 1 over all features of one point, without centring (Zhang & Sennrich 2019,
// arXiv:1910.07467).
#include "networks/norm_projected.hpp"
#include "networks/registry.hpp"

namespace nusselt {
namespace {

const RegisterNorm registered{"rms", [](const NormOptions& options) -> std::shared_ptr<const Norm> {
                                return std::make_shared<ProjectedNorm>(ProjectedNorm::Projection::identity, 1,
                                                                       options.eps);
                              }};

}  // namespace
}  // namespace nusselt
