// What runs on a GPU, against the same on the processor in float64; skipped where no GPU answers. What needs none is
// tested on every machine: how often an optimizer waits for its device.
#include <gtest/gtest.h>

#include <map>

#include "networks/fused_activation.hpp"
#include "networks/network.hpp"
#include "networks/registry.hpp"
#include "solver/adam_steps.hpp"
#include "solver/bench.hpp"
#include "solver/device.hpp"
#include "solver/run_files.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/host_reads.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

#define NEEDS_A_GPU() \
  if (resolve_device("auto") != "cuda") GTEST_SKIP() << "needs a GPU: none answers on this machine"

Case by_libtorch(const std::string& optimizer) {
  return tiny_cavity({"optimizer.name=" + optimizer, "engine=libtorch"});
}

/// Three steps on a device, from the same weights and points.
struct OnDevice {
  OnDevice(const Case& c, const std::string& device)
      : options(tensor_options(device, "float64")),
        problem(c, options),
        objective(problem, problem.draw("gauss", 36, 6, "training", 1, 0),
                  std::vector<double>(problem.residuals().size(), 1.0)),
        theta(problem.network().initial_parameters(3).to(options)),
        optimizer(make_optimizer(c.settings)) {}
  torch::TensorOptions options;
  Problem problem;
  LeastSquares objective;
  Tensor theta;
  std::unique_ptr<Optimizer> optimizer;
};

// Every optimizer is written in LibTorch's operations, or asks where its tensors are, and so runs on a GPU too; the
// table says what a step costs there in waiting. A new optimizer has to be entered.
TEST(Gpu, HowOftenAStepOfEachOptimizerWaitsForItsDevice) {
  // Measured on this case, and room for another trial of a line search or two.
  const std::map<std::string, int> most = {{"adam", 2},       {"soap", 2},
                                           {"lbfgs", 13},     {"ssbfgs", 14},
                                           {"ssbroyden", 14}, {"levenberg_marquardt", 12},
                                           {"hybrid", 12},    {"gauss_newton_cg", 160},
                                           {"sgd", 2}};
  for (const std::string& name : optimizer_names()) {
    ASSERT_TRUE(most.contains(name)) << name;
    OnDevice t(by_libtorch(name), "cpu");
    t.optimizer->step(t.objective, t.theta);
    const int reads = testing::host_reads([&] { t.optimizer->step(t.objective, t.theta); });
    EXPECT_LE(reads, most.at(name)) << name;
    EXPECT_GT(reads, 0) << name;
  }
}

TEST(Gpu, TheProvenanceSaysWhatIsBuiltIn) {
  bool said = false;
  for (const auto& [name, value] : library_versions()) said = said || (name == "CUDA" && value == activation_kernels());
  EXPECT_TRUE(said);
}

TEST(Gpu, AJetAndItsSweepsReadNothingBack) {
  OnDevice t(by_libtorch("adam"), "cpu");
  Tensor loss = at::zeros({}, at::kDouble), gradient = at::zeros_like(t.theta);
  EXPECT_EQ(testing::host_reads([&] { t.objective.add_gradient(t.theta, loss, gradient); }), 0);
}

TEST(Gpu, JetsAndGradientsAreThoseOfTheProcessor) {
  NEEDS_A_GPU();
  for (const std::string& activation : activation_names()) {
    for (const std::string& norm : norm_names()) {
      const NetworkSettings settings = testing::small_settings(2, activation, norm);
      const Network network(settings);
      const Tensor theta = testing::generic_parameters(network, 5);
      const Tensor x = testing::scattered_points(settings, 37);
      for (const JetSpec& spec : testing::all_specs(2)) {
        const Linearization here = network.linearize(theta, x, spec);
        const Linearization there = network.linearize(theta.cuda(), x.cuda(), spec);
        EXPECT_LT(testing::relative_difference(there.jet().cpu(), here.jet()), 1e-12) << activation;
        const Tensor seeds = testing::wave(here.jet().sizes(), 0.7);
        const Tensor gradient = here.adjoint(seeds);
        EXPECT_LT(testing::relative_difference(there.adjoint(seeds.cuda()).cpu(), gradient), 1e-11) << activation;
        const Tensor direction = testing::wave(theta.sizes(), 1.1);
        EXPECT_LT(testing::relative_difference(there.tangent(direction.cuda()).cpu(), here.tangent(direction)), 1e-11)
            << activation;
        const Tensor rows = testing::wave({37, 2, here.jet().size(1), here.jet().size(2)}, 0.2);
        Tensor expected = at::empty({37, 2, theta.numel()}, at::kDouble), got = expected.cuda();
        here.jacobian(rows, expected);
        there.jacobian(rows.cuda(), got);
        EXPECT_LT(testing::relative_difference(got.cpu(), expected), 1e-11) << activation;
      }
    }
  }
}

// Weights are not compared: directions that hardly change the loss follow the last bits.
TEST(Gpu, TheFirstStepsOfEachOptimizerAreThoseOfTheProcessor) {
  NEEDS_A_GPU();
  for (const std::string& name : optimizer_names()) {
    const Case c = by_libtorch(name);
    OnDevice here(c, "cpu"), there(c, "cuda");
    for (int i = 0; i < 3; ++i) {
      const OptimizerStep expected = here.optimizer->step(here.objective, here.theta);
      const OptimizerStep got = there.optimizer->step(there.objective, there.theta);
      EXPECT_NEAR(got.loss, expected.loss, 1e-6 * expected.loss) << name << ", step " << i;
      EXPECT_EQ(got.accepted, expected.accepted) << name;
    }
  }
}

TEST(Gpu, StepsOfAdamInAGraphAreThoseOfTheProcessor) {
  NEEDS_A_GPU();
  const Case c = by_libtorch("adam");
  OnDevice here(c, "cpu"), there(c, "cuda");
  AdamState state{0, at::zeros_like(there.theta), at::zeros_like(there.theta)};
  AdamSteps steps(there.objective, there.theta, c.settings.optimizer.rate);
  for (const int count : {20, 7}) {  // the second time nothing is captured any more
    const std::vector<double> losses = steps.run(count, there.theta, state);
    for (const double loss : losses) {
      const double expected = here.optimizer->step(here.objective, here.theta).loss;
      EXPECT_NEAR(loss, expected, 1e-9 * expected);
    }
  }
  EXPECT_LT(testing::relative_difference(there.theta.cpu(), here.theta), 1e-9);
  EXPECT_EQ(state.count, 27);
#ifdef NUSSELT_NVCC
  EXPECT_EQ(steps.refusal(), "");
#endif
}

TEST(Gpu, TheBenchmarkAgreesWithNestedAutograd) {
  NEEDS_A_GPU();
  for (const char* precision : {"float32", "float64"}) {
    const Workload workload{"ns", 2, 16, precision, 256, 256};
    const BenchRow row = measure(workload, "cuda", 1, {}, "", 0);
    EXPECT_TRUE(row.agreement.holds()) << precision << " " << row.agreement.loss << " " << row.agreement.gradient;
  }
}

TEST(Gpu, ATrainingWithAdamIsThatOfTheProcessor) {
  NEEDS_A_GPU();
  const Case c = tiny_cavity({"optimizer.name=adam", "optimizer.steps=30", "criteria.every=10"});
  Trainer cpu(c, tensor_options("cpu", "float64")), gpu(c, tensor_options("cuda", "float64"));
  for (Trainer* trainer : {&cpu, &gpu}) trainer->run([](const Trainer&) { return true; });
  ASSERT_EQ(gpu.history().size(), cpu.history().size());
  for (std::size_t i = 0; i < cpu.history().size(); ++i) {
    EXPECT_EQ(gpu.history()[i].step, cpu.history()[i].step);
    EXPECT_NEAR(gpu.history()[i].loss, cpu.history()[i].loss, 1e-6 * cpu.history()[i].loss);
  }
}

}  // namespace
}  // namespace nusselt
