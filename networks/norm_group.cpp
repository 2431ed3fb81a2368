// Group normalization: mean 0 and variance 1 over each of G groups of neighbouring features of one point (Wu & He 2018,
// arXiv:1803.08494).
#include "networks/norm_projected.hpp"
#include "networks/registry.hpp"

namespace nusselt {
namespace {

const RegisterNorm registered{"group", [](const NormOptions& options) -> std::shared_ptr<const Norm> {
                                return std::make_shared<ProjectedNorm>(ProjectedNorm::Projection::mean_free,
                                                                       options.groups, options.eps);
                              }};

}  // namespace
}  // namespace nusselt
