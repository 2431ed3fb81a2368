#include "solver/dense.hpp"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <cmath>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

Tensor symmetric(const Tensor& upper) { return upper + upper.triu(1).t(); }

TEST(Gram, OfRowsWithoutColumnsIsZero) {
  EXPECT_TRUE(at::equal(gram(at::empty({3, 0}, at::kDouble), /*of_columns=*/false), at::zeros({3, 3}, at::kDouble)));
}

TEST(Dense, GramOfColumnsAndOfRows) {
  for (const auto& [rows, columns] : {std::pair{7, 4}, {4, 7}, {1, 5}, {5, 1}, {200, 33}}) {
    const Tensor jacobian = testing::wave({rows, columns}, 0.3);
    const Tensor of_columns = gram(jacobian, true);
    const Tensor of_rows = gram(jacobian, false);
    EXPECT_LT((symmetric(of_columns) - at::mm(jacobian.t(), jacobian)).abs().max().item<double>(), 1e-12);
    EXPECT_LT((symmetric(of_rows) - at::mm(jacobian, jacobian.t())).abs().max().item<double>(), 1e-12);
    EXPECT_EQ(of_columns.tril(-1).abs().max().item<double>(), 0);
    EXPECT_EQ(of_rows.tril(-1).abs().max().item<double>(), 0);
  }
}

TEST(Dense, SolvesTheDampedSystem) {
  const Tensor jacobian = testing::wave({30, 12}, 0.3);
  const Tensor matrix = gram(jacobian, true);
  const Tensor kept = matrix.clone();
  const Tensor rhs = testing::wave({12}, 1.1);
  const auto factor = Cholesky::of(matrix, 0.25);
  ASSERT_TRUE(factor.has_value());
  const Tensor solution = factor->solve(rhs);
  const Tensor damped = symmetric(matrix) + 0.25 * at::eye(12, at::kDouble);
  EXPECT_LT((at::mv(damped, solution) - rhs).abs().max().item<double>(), 1e-12);
  const Tensor expected = at::mv(at::linalg_inv(damped), rhs);
  EXPECT_LT(testing::relative_difference(solution, expected), 1e-11);
  const Tensor inverse = factor->inverse();
  EXPECT_LT(testing::relative_difference(symmetric(inverse.triu()), at::linalg_inv(damped)), 1e-11);
  EXPECT_TRUE(at::equal(factor->solve(rhs), solution));  // the factor is left alone
  EXPECT_TRUE(at::equal(matrix, kept));
  EXPECT_TRUE(at::equal(rhs, testing::wave({12}, 1.1)));
}

TEST(Dense, AMatrixThatIsNotPositiveDefiniteHasNoFactor) {
  const Tensor matrix = at::diag(at::tensor({1.0, -0.5, 2.0}, at::kDouble));
  EXPECT_FALSE(Cholesky::of(matrix, 0.1).has_value());
  EXPECT_FALSE(Cholesky::of(matrix, 0.5).has_value());  // singular
  EXPECT_TRUE(Cholesky::of(matrix, 0.6).has_value());
  EXPECT_FALSE(Cholesky::of(at::full({3, 3}, std::nan(""), at::kDouble), 1).has_value());
}

}  // namespace
}  // namespace nusselt
