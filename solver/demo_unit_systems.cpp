#include <cmath>

#include "solver/demo.hpp"
#include "solver/demo_cases.hpp"
#include "solver/least_squares.hpp"
#include "solver/optimizer.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

std::vector<double> losses(const std::string& text, int steps) {
  const Case c = read_case(Document("demonstration.yaml", text), ".");
  const Problem problem(c, at::TensorOptions().dtype(at::kDouble));
  const LeastSquares objective(
      problem, problem.draw("gauss", c.settings.points.interior, c.settings.points.boundary, "training", 1, 0),
      std::vector<double>(problem.residuals().size(), 1.0));
  Tensor theta = problem.network().initial_parameters(1);
  const std::unique_ptr<Optimizer> optimizer = make_optimizer(c.settings);
  std::vector<double> result = {objective.loss(theta)};
  for (int i = 0; i < steps; ++i) result.push_back(optimizer->step(objective, theta).loss);
  return result;
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"units", "loss at the start", "after 5 steps", "after 10 steps", "largest difference"};
  const std::pair<const char*, const char*> systems[] = {
      {"SI", air_in_si},
      {"CGS",
       "T_hot: 305 [K], T_cold: 295 [K], T0: 300 [K], rho: 1.177e-3 [g/cm^3], cp: 1.005e7 [cm^2/(s^2 K)], "
       "k: 2620 [g cm/(s^3 K)], mu: 1.8e-4 [g/(cm s)], beta: 0.0033333333333333335 [1/K], g: 981 [cm/s^2], "
       "L: 2.286 [cm]"},
      {"imperial",
       "T_hot: 89.33 [degF], T_cold: 71.33 [degF], T0: 80.33 [degF], rho: 0.07347770959812222 [lb/ft^3], "
       "cp: 6009.849982662929 [ft^2/(s^2 delta_degF)], k: 0.10528053494538846 [lb ft/(s^3 delta_degF)], "
       "mu: 1.2095441552511123e-05 [lb/(ft s)], beta: 0.0018518518518518517 [1/delta_degF], g: 32.18503937007874 "
       "[ft/s^2], "
       "L: 0.9 [in]"}};
  std::vector<double> si;
  for (const auto& [name, constants] : systems) {
    const std::vector<double> here = losses(demonstration_cavity(constants), 10);
    if (si.empty()) si = here;
    double difference = 0;
    for (std::size_t i = 0; i < here.size(); ++i) difference = std::max(difference, std::abs(here[i] / si[i] - 1));
    table.rows.push_back({name, {here[0], here[5], here[10], difference}});
    if (name != std::string("SI")) {
      table.below(std::string(name) + ": the loss at every step is that of SI to", difference, 1e-9);
    }
  }
  table.below("and the training does train: loss after 10 steps over that at the start", si[10] / si[0], 0.9);
  return table;
}

const RegisterDemonstration registered{
    {"unit_systems",
     "A case is nondimensionalized with scales made of its own quantities before anything is averaged or weighted, so "
     "the units it was written in cannot matter: the same cavity in SI, CGS and imperial units trains along the same "
     "losses, to the rounding of its conversion factors.",
     "dimensional homogeneity; E. Buckingham, Phys. Rev. 4, 345 (1914), doi:10.1103/PhysRev.4.345", measure}};

}  // namespace
}  // namespace nusselt
