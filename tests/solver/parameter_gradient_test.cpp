#include "networks/parameter_gradient.hpp"

#include <gtest/gtest.h>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::wave;

constexpr int kChannels = 3, kEquations = 2, kPoints = 37, kHeight = 4, kWidth = 5, kParameters = 40, kOffset = 11;

TEST(ParameterGradient, BothKernelsWriteTheSameStridedBlock) {
  const torch::Tensor zbar = wave({kChannels, kEquations, kPoints, kHeight}, 0.1);
  const torch::Tensor a = wave({kChannels, kPoints, kWidth}, 0.7);
  for (const auto type : {at::kDouble, at::kFloat}) {
    torch::Tensor direct = at::zeros({kPoints, kEquations, kParameters}, type);
    torch::Tensor batched = at::zeros_like(direct);
    const auto block = [](const torch::Tensor& rows) { return rows.narrow(2, kOffset, kHeight * kWidth); };
    outer_rows_cpu(block(direct), zbar.to(type), a.to(type));
    outer_rows_batched(block(batched), zbar.to(type), a.to(type));
    EXPECT_LT((direct - batched).abs().max().item<double>(), type == at::kDouble ? 1e-15 : 1e-6);
    const double expected =
        (zbar.select(1, 1).select(1, 30).select(1, 2) * a.select(1, 30).select(1, 3)).sum().item<double>();
    EXPECT_NEAR(direct[30][1][kOffset + 2 * kWidth + 3].item<double>(), expected, type == at::kDouble ? 1e-15 : 1e-6);
    // nothing outside the block
    EXPECT_EQ(direct.narrow(2, 0, kOffset).abs().max().item<double>(), 0.0);
    EXPECT_EQ(direct.narrow(2, kOffset + 20, kParameters - kOffset - 20).abs().max().item<double>(), 0.0);
  }
}

TEST(ParameterGradient, SumIsTheSumOfRowsAndFactorsMakeTheRows) {
  const torch::Tensor zbar = wave({kChannels, kEquations, kPoints, kHeight}, 0.4);
  const torch::Tensor a = wave({kChannels, kPoints, kWidth}, 1.1);
  const torch::Tensor g = wave({kEquations, kPoints, kHeight}, 2.0);
  const torch::Tensor rows = at::zeros({kPoints, kEquations, kParameters}, at::kDouble);
  const torch::Tensor total = at::zeros({kParameters}, at::kDouble);
  for (ParameterGradient gradient : {ParameterGradient::rows(rows), ParameterGradient::sum(total)}) {
    gradient.outer(2, zbar, a);
    gradient.pointwise(30, g);
  }
  EXPECT_LT((rows.sum(at::IntArrayRef({0, 1})) - total).abs().max().item<double>(), 1e-13);
  EXPECT_EQ(rows[5][1][33].item<double>(), g[1][5][3].item<double>());

  std::vector<RowFactors> factors;
  ParameterGradient gradient = ParameterGradient::factors(factors, 1000);
  gradient.outer(2, zbar, a);
  gradient.pointwise(30, g);
  ASSERT_EQ(factors.size(), 2u);
  const torch::Tensor multiplied = at::zeros_like(rows);
  EXPECT_EQ(factors[0].columns(), kHeight * kWidth);
  EXPECT_EQ(factors[1].columns(), kHeight);
  factors[0].write(multiplied.narrow(2, 2, kHeight * kWidth));
  factors[1].write(multiplied.narrow(2, 30, kHeight));
  EXPECT_TRUE(multiplied.equal(rows));
}

}  // namespace
}  // namespace nusselt
