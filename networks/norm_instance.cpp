// Instance normalization: each feature to mean 0 and variance 1 over the points of one instance (Ulyanov, Vedaldi &
// Lempitsky 2016, arXiv:1607.08022). A run has one instance, its case, so that the formulas are those of batch
// normalization; there are no running averages, neither in training nor after it.
#include "networks/norm_frozen.hpp"
#include "networks/registry.hpp"

namespace nusselt {
namespace {

const RegisterNorm registered{"instance", [](const NormOptions& options) -> std::shared_ptr<const Norm> {
                                return std::make_shared<FrozenNorm>(options.eps);
                              }};

}  // namespace
}  // namespace nusselt
