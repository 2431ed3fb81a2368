#include "solver/start_fit.hpp"

#include <stdexcept>

#include "solver/case/network_choice.hpp"
#include "solver/case/optimizer_choice.hpp"
#include "solver/trainer.hpp"

namespace nusselt {

namespace {

Case case_of_fit(const Case& c) {
  Case fit = c;
  fit.start = {};
  fit.equations.insert(fit.equations.begin(), c.start.residuals.begin(), c.start.residuals.end());
  fit.residual_factors.insert(fit.residual_factors.begin(), c.start.residuals.size(), Expression::number(1));
  fit.quantities.clear();
  fit.reference.reset();
  Settings& settings = fit.settings;
  settings.points.redraw = 0;
  settings.points.adapt = "none";
  settings.precision = "float64";
  settings.optimizer.name = "auto";
  const bool large =
      choose_optimizer(settings, trained_count(settings.network, subnetworks(c))).name == "gauss_newton_cg";
  settings.optimizer.name = large ? "gauss_newton_cg" : "levenberg_marquardt";
  settings.optimizer.steps = c.start.steps;
  settings.optimizer.time = 0;
  settings.conditioning.name = "none";
  settings.balancing = {};
  settings.diagnostics.every = 0;
  settings.criteria.residual = 0;  // no start and equations hold together
  settings.criteria.every = c.start.steps;
  return fit;
}

}  // namespace

StartFit fit_start(const Case& c, const torch::TensorOptions& options) {
  const Case fit = case_of_fit(c);
  Trainer trainer(fit, options.dtype(at::kDouble));
  if (trainer.run([](const Trainer&) { return true; }) == Outcome::diverged) {
    throw std::runtime_error("start: the loss of the fit to the declared start is not finite");
  }
  std::string text = "the network was fitted to the declared start, together with the equations, in " +
                     std::to_string(trainer.step()) + (trainer.step() == 1 ? " step" : " steps") + " of " +
                     fit.settings.optimizer.name + "; root mean square of what is left between them:";
  for (std::size_t i = 0; i < c.start.residuals.size(); ++i) {
    const ResidualReport& field = trainer.evaluation()->residuals[i];
    const std::string unit = field.unit == "1" ? "" : " " + field.unit;
    text += " " + field.name + " " + to_string(field.rms * field.scale, 2) + unit + ",";
  }
  text.pop_back();
  return {trainer.theta().to(options), text};
}

}  // namespace nusselt
