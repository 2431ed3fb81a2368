// Layer normalization: mean 0 and variance 1 over all features of one point (Ba, Kiros & Hinton 2016,
// arXiv:1607.06450).
#include "networks/norm_projected.hpp"
#include "networks/registry.hpp"

namespace nusselt {
namespace {

const RegisterNorm registered{"layer", [](const NormOptions& options) -> std::shared_ptr<const Norm> {
                                return std::make_shared<ProjectedNorm>(ProjectedNorm::Projection::mean_free, 1,
                                                                       options.eps);
                              }};

}  // namespace
}  // namespace nusselt
