#include "networks/jet_operation.hpp"

#include <stdexcept>
#include <utility>

namespace nusselt {

std::unique_ptr<const JetOperation> make_operation(const NetworkLayout& layout, const NetworkLayout::Step& step,
                                                   const Activation& activation, std::shared_ptr<const Norm> norm) {
  switch (step.kind) {
    case NetworkLayout::Step::Kind::linear:
      return make_linear(layout.maps[step.index]);
    case NetworkLayout::Step::Kind::norm:
      return make_norm_operation(layout.norms[step.index], std::move(norm));
    case NetworkLayout::Step::Kind::activation:
      return make_activation(activation);
    case NetworkLayout::Step::Kind::add:
      return make_add();
    case NetworkLayout::Step::Kind::scaled_add:
      return make_scaled_add(step.parameter);
    case NetworkLayout::Step::Kind::mix:
      return make_mix(step.parameter);
    case NetworkLayout::Step::Kind::gate:
      return make_gate();
    case NetworkLayout::Step::Kind::concatenation:
      return make_concatenation();
  }
  throw std::logic_error("a step of a network has no operation");
}

}  // namespace nusselt
