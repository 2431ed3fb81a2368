#include "solver/rank_two_update.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

TEST(RankTwoUpdate, UpdatesTheTriangleAndMultipliesWithIt) {
  for (std::int64_t n : {1, 2, 3, 4, 5, 7, 8, 12, 13, 31, 64, 65, 100}) {
    const Tensor a = testing::wave({n, n}, 0.4);
    const Tensor full = a + a.t();
    const RankTwoUpdate update{0.7, 0.3, -0.2, 1.1, testing::wave({n}, 0.1), testing::wave({n}, 2.3)};
    const Tensor x = testing::wave({n}, 1.7);
    const Tensor expected = 0.7 * full + 0.3 * at::outer(update.u, update.u) -
                            0.2 * (at::outer(update.u, update.v) + at::outer(update.v, update.u)) +
                            1.1 * at::outer(update.v, update.v);
    Tensor matrix = full.triu().contiguous();
    const Tensor product = update_and_multiply(matrix, update, x);
    EXPECT_LT((matrix - expected.triu()).abs().max().item<double>(), 1e-13) << n;
    EXPECT_LT((product - at::mv(expected, x)).abs().max().item<double>(), 1e-12) << n;
  }
}

TEST(RankTwoUpdate, TheDefaultChangesNoBit) {
  Tensor matrix = testing::wave({37, 37}, 0.4).triu().contiguous();
  const Tensor kept = matrix.clone();
  const Tensor x = testing::wave({37}, 1.7);
  const Tensor once = update_and_multiply(matrix, {}, x);
  EXPECT_TRUE(at::equal(matrix, kept));
  EXPECT_TRUE(at::equal(update_and_multiply(matrix, {}, x), once));
}

TEST(RankTwoUpdate, OtherTensorsAreRefused) {
  Tensor matrix = at::eye(3, at::kDouble);
  EXPECT_THROW(update_and_multiply(matrix, {}, at::zeros({4}, at::kDouble)), std::invalid_argument);
  EXPECT_THROW(update_and_multiply(matrix, {}, at::zeros({3}, at::kFloat)), std::invalid_argument);
}

}  // namespace
}  // namespace nusselt
