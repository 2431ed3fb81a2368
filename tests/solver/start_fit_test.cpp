#include "solver/start_fit.hpp"

#include <gtest/gtest.h>

#include "solver/checkpoint.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

bool go_on(const Trainer&) { return true; }

std::vector<std::string> with_start(std::vector<std::string> overrides = {}) {
  overrides.insert(overrides.end(), {"start.v=0.4*U*sin(3.14159265358979*x/L)*sin(3.14159265358979*y/(2*L))",
                                     "start.T=T_hot - dT*x/L + 0.2*dT*sin(3.14159265358979*x/L)"});
  return overrides;
}

TEST(StartFit, BringsTheNetworkNearTheStartAndTheRestToTheEquations) {
  const Case c = tiny_cavity(with_start());
  const StartFit fit = fit_start(c, float64());
  EXPECT_NE(fit.text.find("fitted to the declared start, together with the equations, in 30 steps of "
                          "levenberg_marquardt; root mean square of what is left between them: v "),
            std::string::npos)
      << fit.text;
  const double L = 0.022, U = std::sqrt(9.81 / 300 * 10 * L);
  const auto middle = [&](const torch::Tensor& theta) {
    const Solution solution(c, theta);
    return solution.fields(solution.points_at({{L / 2}, {L}}))[0];
  };
  EXPECT_GT(middle(fit.theta)[1].item<double>() / U, 0.15);
  EXPECT_LT(middle(fit.theta)[1].item<double>() / U, 0.45);
  EXPECT_NEAR(middle(fit.theta)[3].item<double>(), 302, 1.5);
  const torch::Tensor random = Trainer(c, float64()).theta();
  EXPECT_LT(std::abs(middle(random)[1].item<double>() / U), 0.05);
  // The equations had their say.
  const Problem problem(c, float64());
  const auto points = problem.draw("gauss", 100, 6, "held out", 1, 0);
  const auto rms = [&](const torch::Tensor& theta) {
    return problem.evaluate(0, theta, points[0].points).square().mean().sqrt().item<double>();
  };
  EXPECT_LT(rms(fit.theta), 0.5 * rms(random));
}

TEST(StartFit, IsWhereTrainingBeginsAndResumesWithTheSameBits) {
  const Case c = tiny_cavity(with_start());
  Trainer whole(c, float64());
  whole.run(go_on);
  ASSERT_FALSE(whole.events().empty());
  EXPECT_EQ(whole.events()[0].step, 0);

  const auto through_a_file = [](const Trainer& trainer) {
    return checkpoint_of(parse_safetensors(checkpoint_bytes({trainer.state(), {}}), "file"), "file").state;
  };
  // Killed before the fit, and in the middle of training.
  Trainer first(c, float64());
  Trainer second(c, float64());
  second.restore(through_a_file(first));
  EXPECT_EQ(second.run([](const Trainer& now) { return now.step() < 5; }), Outcome::interrupted);
  Trainer third(c, float64());
  third.restore(through_a_file(second));
  third.run(go_on);
  EXPECT_TRUE(at::equal(third.theta(), whole.theta()));
  EXPECT_EQ(third.events().size(), whole.events().size());

  Trainer random(tiny_cavity(), float64());
  EXPECT_TRUE(at::equal(random.theta(), Trainer(c, float64()).theta()));
  EXPECT_FALSE(at::equal(fit_start(c, float64()).theta, random.theta()));
  // What a trainer is given is not fitted away.
  Trainer given(c, float64());
  given.start_from(random.theta());
  given.run([](const Trainer&) { return false; });
  EXPECT_TRUE(given.events().empty());
}

TEST(StartFit, ServesFloat32AndNormalizationOverPoints) {
  const Case single = tiny_cavity(with_start({"precision=float32", "optimizer.name=adam", "optimizer.steps=2"}));
  const StartFit fit = fit_start(single, at::TensorOptions().dtype(at::kFloat));
  EXPECT_EQ(fit.theta.scalar_type(), at::kFloat);
  Trainer trainer(single, at::TensorOptions().dtype(at::kFloat));
  EXPECT_NE(trainer.run(go_on), Outcome::diverged);

  const Case batch = tiny_cavity(with_start({"network.norm=batch", "optimizer.name=adam", "optimizer.steps=2"}));
  Trainer normalized(batch, float64());
  EXPECT_NE(normalized.run(go_on), Outcome::diverged);
  ASSERT_FALSE(normalized.events().empty());
}

TEST(StartFit, OfALargeNetworkNeedsNoMatrix) {
  const Case c = tiny_cavity(with_start({"network.width=80", "start.steps=1"}));
  EXPECT_NE(fit_start(c, float64()).text.find(" in 1 step of gauss_newton_cg"), std::string::npos);
}

}  // namespace
}  // namespace nusselt
