#include "solver/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "solver/pointwise.hpp"
#include "solver/safetensors.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"
#include "tests/solver/started_program.hpp"

namespace nusselt {
namespace {

using ::testing::HasSubstr;

const AuditRow& row_of(const std::vector<AuditRow>& rows, const std::string& check, const std::string& what) {
  const auto found =
      std::ranges::find_if(rows, [&](const AuditRow& row) { return row.check == check && row.what.starts_with(what); });
  if (found == rows.end()) throw std::out_of_range("no row " + check + ", " + what);
  return *found;
}

// At the end of a training the gradient is small where the loss is steep.
TEST(Audit, PassesForAConvergedRun) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/heated_cavity", {"threads=1"});
  const Problem problem(c, float64());
  const std::vector<double> theta =
      read_safetensors(NUSSELT_SOURCE_DIR "/tests/solver/data/heated_cavity.safetensors").at("theta").values<double>();
  for (const AuditRow& row : audit_rows(c, problem, at::tensor(theta, at::kDouble))) {
    EXPECT_TRUE(row.passed()) << row.check << " " << row.what << " " << row.value;
  }
}

TEST(Audit, PassesForEveryNorm) {
  for (const char* norm : {"none", "layer", "rms", "group", "batch"}) {
    const Case c = tiny_cavity({std::string("network.norm=") + norm, "network.norm_eps=0.05", "network.depth=3",
                                "network.width=8", "network.norm_groups=2"});
    const Problem problem(c, float64());
    const Network& network = problem.network();
    torch::Tensor theta = network.initial_parameters(3);
    if (network.statistics_count() > 0) {
      const torch::Tensor x = problem.draw("gauss", 36, 6, "training", 1, 0).front().points.x;
      theta = at::cat({theta.narrow(0, 0, network.trained_count()), network.batch_statistics(theta, x)});
    }
    const std::vector<AuditRow> rows = audit_rows(c, problem, theta);
    for (const AuditRow& row : rows)
      EXPECT_TRUE(row.passed()) << norm << ": " << row.check << " " << row.what << " " << row.value;
    EXPECT_THAT(row_of(rows, "derivatives", "d2/dx dy").remark, HasSubstr("order 2"));
    EXPECT_LT(row_of(rows, "gradient", "along itself").value, 1e-8);
    EXPECT_EQ(row_of(rows, "coupling", "a point").value, 0);
  }
}

TEST(Audit, TheNormsInvariancesAreTheirOwn) {
  const auto rows_of = [](const char* norm) {
    return norm_invariances(
        Network({.inputs = 1, .outputs = 1, .depth = 2, .width = 8, .norm = norm, .lower = {0}, .upper = {1}}));
  };
  EXPECT_TRUE(rows_of("none").empty());
  EXPECT_TRUE(rows_of("batch").empty());
  EXPECT_EQ(rows_of("layer").size(), 3u);
  EXPECT_EQ(rows_of("rms").size(), 2u) << "it sees a shift";
}

TEST(Audit, AValueAboveItsLimitOrNoNumberFails) {
  const std::vector<AuditRow> rows = {{"derivatives", "d/dx", 2e-6, 1e-6, "order 1"},
                                      {"pointwise", "fields", NAN, 1e-10}};
  EXPECT_FALSE(rows[0].passed());
  EXPECT_FALSE(rows[1].passed());
  EXPECT_THAT(audit_text(rows), HasSubstr("FAILED  derivatives  d/dx"));
  EXPECT_THAT(audit_text(rows), HasSubstr("limit 1e-06   order 1\n"));
}

TEST(PointwiseDeviation, FindsWhatKnowsOfItsNeighbours) {
  const torch::Tensor x = at::linspace(-1, 1, 9, at::kDouble).unsqueeze(1);
  EXPECT_EQ(pointwise_deviation([](const torch::Tensor& p) { return at::sin(p); }, x), 0);
  EXPECT_DOUBLE_EQ(pointwise_deviation([](const torch::Tensor& p) { return p - p.mean(); }, x), 1);
}

TEST(Audit, OfARunAndOfACaseFromTheCommandLine) {
  const TemporaryFolder home;
  const Ended of_case = ended(home.path(), {"audit", cavity_folder(), "network.depth=2", "network.width=6"});
  EXPECT_EQ(of_case.exit_code, 0) << of_case.out << of_case.err;
  EXPECT_THAT(of_case.out, HasSubstr("heated_cavity, network 2x6, norm none: the weights that training starts with\n"));
  EXPECT_THAT(of_case.out, HasSubstr("all checks passed\n"));
  const Ended run = ended(home.path(), run_of(cavity_folder(), "out", reduced));
  ASSERT_EQ(run.exit_code, 10) << run.err;
  const Ended of_run = ended(home.path(), {"audit", "out"});
  EXPECT_EQ(of_run.exit_code, 0) << of_run.out << of_run.err;
  EXPECT_THAT(of_run.out, HasSubstr("network 2x8, norm none: the weights after step 3\n"));
  const Ended changed = ended(home.path(), {"audit", "out", "seed=2"});
  EXPECT_EQ(changed.exit_code, 65);
  EXPECT_THAT(changed.err, HasSubstr("of a run nothing can be changed: seed=2"));
  const Ended what_if = ended(home.path(), {"audit", "out", "--what-if"});
  EXPECT_EQ(what_if.exit_code, 0) << what_if.out << what_if.err;
  EXPECT_THAT(what_if.out, HasSubstr("\n  grad_norm "));
}

}  // namespace
}  // namespace nusselt
