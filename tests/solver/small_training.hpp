// Small trainings for tests of the solver: tiny networks, few points, a second each.
#pragma once

#include <torch/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "solver/least_squares.hpp"
#include "solver/optimizer.hpp"
#include "solver/problem.hpp"
#include "tests/front/small_case.hpp"

namespace nusselt {

inline const std::string tiny_training =
    "network: {depth: 2, width: 6}\n"
    "points: {interior: 36, boundary: 6, held_out: 64, sampling: gauss}\n"
    "optimizer: {name: levenberg_marquardt, steps: 12}\n"
    "criteria: {every: 4}\n"
    "output: {grid: 11}\n"
    "threads: 1\n"
    "seed: 3\n";

inline Case with_overrides(const std::string& text, const std::vector<std::string>& overrides) {
  Document document("case.yaml", text);
  for (const std::string& one : overrides) document.override(one);
  return read_case(std::move(document), ".");
}

inline Case tiny_cavity(const std::vector<std::string>& overrides = {}) {
  return with_overrides(small_cavity + tiny_training, overrides);
}

/// Conduction in a bar with a heat source: linear, one field, one dimension.
inline Case tiny_bar(const std::vector<std::string>& overrides = {}) {
  return with_overrides(
      "case: bar\n"
      "physics: heat_conduction\n"
      "constants: {L: 200 mm, k: 16.2 W/(m K), q: 80 kW/m^3, T_left: 293 K, T_right: 333 K, dT: T_right - T_left}\n"
      "domain:\n"
      "  box: {x: [0 m, L]}\n"
      "scales: {references: [L, dT], temperature_level: T_left}\n"
      "conditions:\n"
      "  - {at: x-, T: T_left}\n"
      "  - {at: x+, T: T_right}\n"
      "network: {depth: 2, width: 6}\n"
      "points: {interior: 12, held_out: 40, sampling: gauss}\n"
      "threads: 1\n",
      overrides);
}

inline torch::TensorOptions float64() { return at::TensorOptions().dtype(at::kDouble); }

inline std::string cavity_folder() { return std::string(NUSSELT_SOURCE_DIR) + "/cases/heated_cavity"; }

/// A case ready for an optimizer that is stepped by hand, with Gauss points.
struct Trained {
  explicit Trained(Case the_case, const torch::TensorOptions& options = float64())
      : c(std::move(the_case)),
        problem(c, options),
        objective(problem,
                  problem.draw("gauss", c.settings.points.interior, c.settings.points.boundary, "training", 1, 0),
                  std::vector<double>(problem.residuals().size(), 1.0)),
        theta(problem.network().initial_parameters(c.settings.seed).to(options)),
        optimizer(make_optimizer(c.settings)) {}
  /// The loss after that many steps.
  double train(int steps) {
    for (int i = 0; i < steps; ++i) optimizer->step(objective, theta);
    return objective.loss(theta);
  }
  Case c;
  Problem problem;
  LeastSquares objective;
  torch::Tensor theta;
  std::unique_ptr<Optimizer> optimizer;
};

/// A folder that goes when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "nusselt-test-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nusselt
