#include "solver/bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "solver/device.hpp"
#include "solver/least_squares.hpp"
#include "solver/nested_autograd.hpp"
#include "solver/safetensors.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

const MachineLimits limits{
    "some processor",
    2,
    {{InstructionSet::portable, "float32", 1, 100e9}, {InstructionSet::portable, "float64", 1, 50e9}},
    20e9,
    30e9};

BenchRow some_row() {
  return {.workload = {"ns", 4, 64, "float32", 1000, 500},
          .threads = 1,
          .device = "cpu",
          .flops_per_point = 300000,
          .peak = 100e9,
          .ours = {0.005, 0.004, 7},
          .nested = {0.045, 0.04, 2},
          .peak_rss = 100e6,
          .memory = 10e6,
          .engine = "tile engine (avx2)",
          .loss = 0.5,
          .gradient_norm = 2,
          .agreement = {1e-7, 2e-6, 1e-5},
          .file = ""};
}

TEST(Bench, ARowOfAGpuHasNoPeakAndNoMemory) {
  BenchRow row = some_row();
  row.device = "cuda";
  row.peak = NAN;
  row.memory.reset();
  EXPECT_THAT(table_line(row), HasSubstr("       -  unknown"));
  const nlohmann::json json = to_json(limits, 1, InstructionSet::portable, {row})["rows"][0];
  EXPECT_EQ(json["device"], "cuda");
  EXPECT_EQ(nlohmann::json::parse(json.dump())["percent_of_peak"], nullptr);
}

TEST(Bench, ARowCounts) {
  const BenchRow row = some_row();
  EXPECT_DOUBLE_EQ(row.us_per_point(), 5);
  EXPECT_DOUBLE_EQ(row.nested_us_per_point(), 45);
  EXPECT_DOUBLE_EQ(row.ratio_to_nested(), 9);
  EXPECT_DOUBLE_EQ(row.gflops(), 60);  // 3e5 * 1000 / 0.005
  EXPECT_DOUBLE_EQ(row.percent_of_peak(), 60);
  EXPECT_EQ(table_head(),
            "work            points  us/point   points/s   ms/step  GFLOP/s  of peak   memory   nested   ratio\n");
  EXPECT_EQ(table_line(row),
            "ns 4x64 fp32      1000      5.00     200000      5.00     60.0      60%    10 MB     45.0   9.00x\n");
}

TEST(Bench, AgreementIsRelativeToLossAndLengthOfTheGradient) {
  const LossAndGradient reference{2, at::tensor({3.0, 4.0})};
  const Agreement same = agreement_of(reference, reference, "float64");
  EXPECT_EQ(same.loss, 0);
  EXPECT_EQ(same.gradient, 0);
  EXPECT_EQ(same.limit, 1e-11);
  EXPECT_TRUE(same.holds());
  const Agreement off = agreement_of({2.002, at::tensor({3.0, 4.1})}, reference, "float32");
  EXPECT_NEAR(off.loss, 1e-3, 1e-15);
  EXPECT_NEAR(off.gradient, 0.02, 1e-15);
  EXPECT_EQ(off.limit, 1e-5);
  EXPECT_FALSE(off.holds());
  EXPECT_FALSE(agreement_of({2.002, reference.gradient}, reference, "float32").holds());
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(agreement_of({2, at::tensor({3.0, nan})}, reference, "float32").holds());
  EXPECT_FALSE(agreement_of({nan, reference.gradient}, reference, "float32").holds());
}

TEST(Bench, AWrongGradientDoesNotAgree) {
  const Case c = tiny_cavity();
  const Problem problem(c, float64());
  const torch::Tensor theta = problem.network().initial_parameters(1);
  const auto points = problem.draw("sobol", 30, 5, "test", 1, 0);
  const LeastSquares::Gradient ours =
      LeastSquares(problem, points, std::vector<double>(problem.residuals().size(), 1)).gradient(theta);
  const NestedAutograd::Gradient nested = NestedAutograd(c, problem).gradient(theta, points, 1000);
  const LossAndGradient reference{nested.loss, nested.gradient};
  EXPECT_TRUE(agreement_of({ours.loss, ours.gradient}, reference, "float64").holds());
  // One bias that the adjoint forgot, and a gradient that is off in its tenth figure.
  torch::Tensor forgotten = ours.gradient.clone();
  forgotten[problem.network().slices()[1].offset] = 0;
  EXPECT_FALSE(agreement_of({ours.loss, forgotten}, reference, "float64").holds());
  EXPECT_FALSE(agreement_of({ours.loss, ours.gradient * (1 + 1e-10)}, reference, "float64").holds());
}

TEST(Bench, ARowThatDisagreesIsAnError) {
  BenchRow wrong = some_row();
  wrong.agreement.gradient = 3e-4;
  EXPECT_EQ(exit_code_of({some_row()}), 0);
  EXPECT_EQ(exit_code_of({some_row(), wrong}), 12);
  EXPECT_THAT(table_line(wrong), HasSubstr("\n  DISAGREES with nested autograd: loss by 1.0e-07, gradient by 3.0e-04, "
                                           "limit 1e-05\n"));
}

TEST(Bench, TellsTheLargestDifferences) {
  BenchRow other = some_row();
  other.agreement = {3e-7, 1e-6, 1e-5};
  EXPECT_EQ(agreement_text({some_row(), other}),
            "Loss and gradient agree with nested autograd:  fp32 to 3e-07 and 2e-06 (limit 1e-05)\n");
}

TEST(Bench, DescribesTheMachine) {
  const std::string text = describe(limits, 1, InstructionSet::portable);
  EXPECT_THAT(text, HasSubstr("some processor, 2 cores; this run: 1 thread, portable\n"));
  EXPECT_THAT(text, HasSubstr("    1 thread  portable          100.0     50.0 \n"));
  EXPECT_THAT(text, HasSubstr("30.0 GB/s, 20.0 GB/s with one thread"));
}

TEST(Bench, JsonHasItsKeys) {
  const nlohmann::json json = to_json(limits, 1, InstructionSet::portable, {some_row()});
  const auto keys = [](const nlohmann::json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.items()) names.insert(name);
    return names;
  };
  EXPECT_EQ(keys(json), (std::set<std::string>{"machine", "rows"}));
  EXPECT_EQ(keys(json["machine"]),
            (std::set<std::string>{"processor", "cores", "threads", "instruction_set", "bandwidth_gb_per_s",
                                   "bandwidth_gb_per_s_one_thread", "peaks", "versions"}));
  EXPECT_DOUBLE_EQ(json["machine"]["bandwidth_gb_per_s"], 30);
  ASSERT_EQ(json["machine"]["peaks"].size(), 2u);
  EXPECT_EQ(
      json["machine"]["peaks"][0],
      (nlohmann::json{{"instruction_set", "portable"}, {"precision", "float32"}, {"threads", 1}, {"gflops", 100.0}}));
  EXPECT_TRUE(json["machine"]["versions"].contains("LibTorch"));
  const nlohmann::json& row = json["rows"][0];
  for (const char* key : {"case",
                          "width",
                          "depth",
                          "precision",
                          "device",
                          "threads",
                          "points",
                          "us_per_point",
                          "points_per_second",
                          "ms_per_step",
                          "ms_per_step_best",
                          "repetitions",
                          "flops_per_point",
                          "gflops",
                          "percent_of_peak",
                          "peak_rss_mb",
                          "memory_mb",
                          "nested_us_per_point",
                          "nested_points_at_once",
                          "nested_repetitions",
                          "ratio_to_nested",
                          "loss",
                          "gradient_norm",
                          "loss_difference",
                          "gradient_difference",
                          "agrees"}) {
    EXPECT_TRUE(row.contains(key) && !row[key].is_null()) << key;
  }
  EXPECT_EQ(row["case"], "ns");
  EXPECT_EQ(row["width"], 64);
  EXPECT_EQ(row["precision"], "float32");
  EXPECT_EQ(row["peak_rss_mb"], 100);
  EXPECT_EQ(row["memory_mb"], 10);
  EXPECT_EQ(row["nested_points_at_once"], 500);
  EXPECT_TRUE(row["file"].is_null());
}

TEST(Bench, MeasuresARowAndExportsItsWork) {
  const TemporaryFolder folder;
  use_threads(1);
  for (const char* precision : {"float32", "float64"}) {
    const Workload workload{"nst", 2, 8, precision, 40, 16};
    const BenchRow row = measure(workload, "cpu", 1, limits, folder.path().string(), 0);
    EXPECT_TRUE(row.agreement.holds()) << row.agreement.loss << " " << row.agreement.gradient;
    EXPECT_EQ(row.flops_per_point,
              matrix_flops_per_point(NetworkLayout({.inputs = 2, .outputs = 4, .depth = 2, .width = 8}),
                                     4));  // value, two slopes, one Laplacian
    EXPECT_THAT(row.engine, ::testing::StartsWith("tile engine ("));
    EXPECT_GT(row.ours.median, 0);
    EXPECT_LE(row.ours.best, row.ours.median);
    EXPECT_GT(row.nested.median, 0);
    EXPECT_EQ(row.peak, limits.peak(precision, 1));
    EXPECT_EQ(row.file, (folder.path() / ("nst_2x8_" + workload.precision_word() + "_40.safetensors")).string());
    const Safetensors work = read_safetensors(row.file);
    EXPECT_EQ(work.at("x").shape, (std::vector<std::int64_t>{40, 2}));
    EXPECT_EQ(work.at("x").type, workload.precision == "float32" ? TensorType::f32 : TensorType::f64);
    EXPECT_EQ(work.at("layer0.weight").shape, (std::vector<std::int64_t>{8, 2}));
    EXPECT_EQ(work.at("layer2.bias").shape, std::vector<std::int64_t>{4});
  }
}

TEST(Bench, AnUnknownInstructionSetIsRefused) {
  ASSERT_EQ(setenv("NUSSELT_ISA", "avx1024", 1), 0);
  EXPECT_THROW(bench({.command = "bench"}), DeviceError);
  unsetenv("NUSSELT_ISA");
}

}  // namespace
}  // namespace nusselt
