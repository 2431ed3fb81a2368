#include "solver/diagnostics.hpp"

#include <gtest/gtest.h>

#include "solver/checkpoint.hpp"
#include "solver/diagnostics_files.hpp"
#include "solver/term_gradients.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

double cell(const Diagnostics& diagnostics, std::size_t row, const std::string& name) {
  for (const CsvColumn& column : diagnostics_columns(diagnostics)) {
    if (column.name == name) return column.values.at(row);
  }
  ADD_FAILURE() << "no column " << name;
  return NAN;
}

TEST(Diagnostics, AreOffUnlessAskedFor) {
  const Case c = tiny_cavity();
  const Problem problem(c, float64());
  const Diagnostics diagnostics(c, problem);
  EXPECT_FALSE(diagnostics.due(0));
  EXPECT_FALSE(diagnostics.due(1000));
  EXPECT_TRUE(diagnostics.columns().empty());
}

/// One look at the bar's initial weights: one equation, hard conditions.
struct OneLook : ::testing::Test {
  OneLook()
      : t(tiny_cavity({"diagnostics.every=5", "diagnostics.probe=20"})),
        points(t.problem.draw("gauss", 36, 6, "training", 1, 0)),
        balance(t.problem.residuals().size(), 1.0),
        diagnostics(t.c, t.problem) {
    balance[1] = 4;
    diagnostics.look(0, {t.theta, {}, t.theta, t.theta, points, balance});
  }
  double at(const std::string& name) const { return cell(diagnostics, 0, name); }
  Trained t;
  std::vector<WeightedPoints> points;
  std::vector<double> balance;
  Diagnostics diagnostics;
};

TEST_F(OneLook, GradientsAreThoseOfTheResiduals) {
  const TermGradients terms = term_gradients(t.problem, points, t.theta);
  const torch::Tensor& g = terms.gradients;
  EXPECT_NEAR(at("gradient momentum_x"), g[1].norm().item<double>(), 1e-12 * at("gradient momentum_x"));
  EXPECT_DOUBLE_EQ(at("weight momentum_x"), 4);
  EXPECT_DOUBLE_EQ(at("weighted gradient momentum_x"), 4 * at("gradient momentum_x"));
  const double cosine = (at::dot(g[0], g[1]) / (g[0].norm() * g[1].norm())).item<double>();
  EXPECT_NEAR(at("cosine continuity momentum_x"), cosine, 1e-12);
  double squares = 0;
  for (const char* layer : {"layer0", "layer1", "layer2"}) {
    squares += std::pow(at(std::string("gradient energy ") + layer), 2);
  }
  EXPECT_NEAR(std::sqrt(squares), at("gradient energy"), 1e-12 * at("gradient energy"));
  EXPECT_DOUBLE_EQ(at("kernel trace energy"), terms.traces[3]);
}

TEST_F(OneLook, AlignmentIsOneForEqualDirectionsAndFollowsItsFormula) {
  const torch::Tensor g = term_gradients(t.problem, points, t.theta).gradients;
  torch::Tensor mean = at::zeros_like(g[0]);
  for (std::int64_t i = 0; i < g.size(0); ++i) mean += g[i] / g[i].norm() / static_cast<double>(g.size(0));
  EXPECT_NEAR(at("alignment"), 2 * mean.square().sum().item<double>() - 1, 1e-12);
  EXPECT_GE(at("alignment"), -1);
  EXPECT_LE(at("smallest cosine with the loss"), 1);
}

TEST_F(OneLook, ResidualsAreThoseOfTheVerdict) {
  const Judge judge(t.c);
  const std::vector<double> means(t.problem.residuals().size(), 1.0);
  const Evaluation evaluation = judge.evaluate(Solution(t.c, t.theta), means);
  const ResidualReport& energy = evaluation.residuals[3];
  EXPECT_DOUBLE_EQ(at("residual energy"), energy.rms);
  EXPECT_DOUBLE_EQ(at("residual energy in SI"), energy.rms * energy.scale);
  EXPECT_DOUBLE_EQ(at("largest residual energy"), energy.max);
  EXPECT_DOUBLE_EQ(at("term budget energy"), *energy.term_budget);
  EXPECT_GT(*energy.term_budget, 0);
  EXPECT_LE(*energy.term_budget, 1);
}

TEST_F(OneLook, TheKernelsEigenvaluesSumToItsTrace) {
  // Of few points all eigenvalues are few; the leading three are most of the sum.
  const double sum = at("kernel eigenvalue 1") + at("kernel eigenvalue 2") + at("kernel eigenvalue 3");
  EXPECT_GT(at("kernel eigenvalue 1"), at("kernel eigenvalue 2"));
  EXPECT_GT(at("kernel eigenvalue 2"), at("kernel eigenvalue 3"));
  EXPECT_GT(sum, 0);
  EXPECT_GE(at("kernel condition"), at("kernel eigenvalue 1") / at("kernel eigenvalue 3"));
}

TEST_F(OneLook, OmegaIsTheRelativeChangeSinceTheLastLook) {
  EXPECT_EQ(at("omega layer1"), 0);
  torch::Tensor moved = t.theta.clone();
  for (const ParameterSlice& slice : t.problem.network().slices()) {
    if (slice.name == "layer1.weight") moved.narrow(0, slice.offset, slice.size()).mul_(1.25);
  }
  EXPECT_FALSE(diagnostics.due(4));
  EXPECT_FALSE(diagnostics.due(0)) << "was looked at already";
  EXPECT_TRUE(diagnostics.due(5));
  diagnostics.look(5, {moved, {}, moved, moved, points, balance});
  EXPECT_NEAR(cell(diagnostics, 1, "omega layer1"), 0.2, 1e-12);
  EXPECT_EQ(cell(diagnostics, 1, "omega layer0"), 0);
  EXPECT_EQ(cell(diagnostics, 1, "step"), 5);
}

TEST_F(OneLook, EveryGroupOfColumnsHasAFigure) {
  std::vector<std::string> files;
  for (const NamedFigure& figure : diagnostics_figures(diagnostics)) files.push_back(figure.file);
  EXPECT_NE(std::find(files.begin(), files.end(), "diagnostics_weighted_gradients.png"), files.end());
  EXPECT_NE(std::find(files.begin(), files.end(), "diagnostics_kernel_spectrum.png"), files.end());
}

TEST(Diagnostics, ChangeNoBitOfTheTrainingOfAnyMethod) {
  for (const char* method : {"levenberg_marquardt", "adam", "hybrid", "lbfgs"}) {
    const std::vector<std::string> overrides = {std::string("optimizer.name=") + method, "optimizer.steps=8",
                                                "conditioning.name=layernorm", "points.redraw=3"};
    std::vector<std::string> watched = overrides;
    watched.push_back("diagnostics.every=2");
    const Case plain_case = tiny_cavity(overrides), watched_case = tiny_cavity(watched);
    Trainer plain(plain_case, float64()), looked(watched_case, float64());
    plain.run([](const Trainer&) { return true; });
    looked.run([](const Trainer&) { return true; });
    EXPECT_TRUE(at::equal(plain.theta(), looked.theta())) << method;
    EXPECT_EQ(looked.diagnostics().state().rows.size(), 5u) << method;
  }
}

TEST(Diagnostics, GoOnAfterAnInterruptionWithoutARowTwice) {
  const Case c = tiny_cavity({"diagnostics.every=2", "optimizer.steps=8"});
  Trainer whole(c, float64());
  whole.run([](const Trainer&) { return true; });
  Trainer first(c, float64());
  first.run([](const Trainer& now) { return now.step() < 4; });
  const Checkpoint stored = checkpoint_of(
      [&] {
        const std::string bytes = checkpoint_bytes({first.state(), {}});
        return parse_safetensors(bytes, "test");
      }(),
      "test");
  Trainer second(c, float64());
  second.restore(stored.state);
  second.run([](const Trainer&) { return true; });
  EXPECT_EQ(second.diagnostics().state().rows, whole.diagnostics().state().rows);
}

}  // namespace
}  // namespace nusselt
