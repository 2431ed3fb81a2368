// The fit of a network to the fields that a case declares as its start.
//
// It is a training of its own, by Levenberg-Marquardt in float64 (by gauss_newton_cg where the network is too large for
// its matrix), of field - start and the equations and conditions of the case together, all with their weights: fields
// that the start leaves out, such as a pressure, take the values that the equations ask of them. Fitted alone, the
// rolls of cases/rayleigh_benard were lost in the first steps of training, in which the pressure was found.
//
// The fit is as deterministic as any training, so nothing of it is kept: a run that is resumed before its first step,
// or that begins again with its first weights, makes the same fit anew.
#pragma once

#include <torch/types.h>

#include <string>

#include "solver/case/case.hpp"

namespace nusselt {

struct StartFit {
  torch::Tensor theta;  // all parameters of the network, of the precision and on the device of `options`
  std::string text;     // "the network was fitted to ... in 12 steps: root mean square of the difference T 0.013 K"
};

/// `c.start` names at least one field. Throws std::runtime_error when the loss of the fit is not finite.
StartFit fit_start(const Case& c, const torch::TensorOptions& options);

}  // namespace nusselt
