#include "solver/gauss_newton_bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "solver/bench.hpp"
#include "solver/dense.hpp"
#include "solver/least_squares.hpp"

namespace nusselt {

namespace {

constexpr double damping = 1e-3;
constexpr double largest_misfit = 1e-9;
constexpr int least_repetitions = 3;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : 0.5 * (values[half - 1] + values[half]);
}

}  // namespace

SpentTime GaussNewtonRow::step() const {
  SpentTime sum;
  for (const Part& part : parts) {
    sum.wall += part.seconds.wall;
    sum.cpu += part.seconds.cpu;
  }
  return sum;
}

// A misfit that is not a number is no step.
bool GaussNewtonRow::holds() const { return misfit <= largest_misfit; }

GaussNewtonRow measure_gauss_newton(int points, int threads, double patience) {
  const at::NoGradGuard no_gradient;
  const Workload workload{"ns", 4, 64, "float64", points, points};
  const Case c = case_of(workload);
  const Problem problem(c, at::TensorOptions().dtype(at::kDouble));
  const torch::Tensor theta = problem.network().initial_parameters(c.settings.seed);
  const LeastSquares objective(problem, problem.draw("sobol", points, 0, "bench", c.settings.seed, 0),
                               std::vector<double>(problem.residuals().size(), 1.0));

  const std::vector<std::string> names = {"gradient", "kernel", "Cholesky", "solve"};
  std::vector<std::vector<double>> wall(names.size()), cpu(names.size());
  GaussNewtonRow row{objective.rows(), objective.parameters(), threads, 0, {}, 0};
  const Stopwatch whole({});
  while (row.repetitions < least_repetitions || whole.read().wall < patience) {
    std::vector<SpentTime> times(1);
    const Stopwatch watch({});
    const LeastSquares::Operator jacobian(objective, theta);
    times.push_back(watch.read());
    const torch::Tensor kernel = jacobian.kernel();
    times.push_back(watch.read());
    const double shift = damping * kernel.diagonal().mean().item<double>();
    const auto factor = Cholesky::of(kernel, shift);
    times.push_back(watch.read());
    const torch::Tensor y = -factor.value().solve(jacobian.residual());
    const torch::Tensor step = jacobian.pull(y);
    times.push_back(watch.read());
    for (std::size_t i = 0; i < names.size(); ++i) {
      wall[i].push_back(times[i + 1].wall - times[i].wall);
      cpu[i].push_back(times[i + 1].cpu - times[i].cpu);
    }
    const torch::Tensor left = jacobian.push(step) + shift * y + jacobian.residual();
    row.misfit = std::max(row.misfit, (left.norm() / jacobian.residual().norm()).item<double>());
    ++row.repetitions;
  }
  for (std::size_t i = 0; i < names.size(); ++i) row.parts.push_back({names[i], {median(wall[i]), median(cpu[i])}});
  return row;
}

std::string table_of(const GaussNewtonRow& row) {
  std::string text = fmt::format("damped Gauss-Newton step, ns 4x64 fp64, {} rows, {} parameters, {} thread{}\n",
                                 row.rows, row.parameters, row.threads, row.threads == 1 ? "" : "s");
  text += fmt::format("{:<12}{:>10}{:>12}\n", "part", "ms", "ms of CPU");
  const auto line = [&](const std::string& name, const SpentTime& seconds) {
    text += fmt::format("{:<12}{:>10.1f}{:>12.1f}\n", name, 1e3 * seconds.wall, 1e3 * seconds.cpu);
  };
  for (const GaussNewtonRow::Part& part : row.parts) line(part.name, part.seconds);
  line("step", row.step());
  return text + fmt::format("{} by a tangent sweep: {:.0e} (limit {:.0e})\n",
                            row.holds() ? "The step solves its equations" : "THE STEP DOES NOT SOLVE ITS EQUATIONS",
                            row.misfit, largest_misfit);
}

nlohmann::json to_json(const GaussNewtonRow& row) {
  const auto times = [](const SpentTime& seconds) {
    return nlohmann::json{{"ms", 1e3 * seconds.wall}, {"cpu_ms", 1e3 * seconds.cpu}};
  };
  nlohmann::json json = {{"case", "ns"},
                         {"width", 64},
                         {"depth", 4},
                         {"precision", "float64"},
                         {"rows", row.rows},
                         {"parameters", row.parameters},
                         {"threads", row.threads},
                         {"repetitions", row.repetitions},
                         {"step", times(row.step())},
                         {"misfit", row.misfit},
                         {"parts", nlohmann::json::object()}};
  for (const GaussNewtonRow::Part& part : row.parts) json["parts"][part.name] = times(part.seconds);
  return json;
}

}  // namespace nusselt
