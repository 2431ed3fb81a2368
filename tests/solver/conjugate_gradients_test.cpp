#include "solver/conjugate_gradients.hpp"

#include <gtest/gtest.h>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using testing::wave;
using torch::Tensor;

// Nine different eigenvalues about 1, 1/4, 1/9, ...
const Tensor matrix =
    at::diag(at::arange(1, 10, at::kDouble).pow(-2)) + 0.1 * at::mm(wave({9, 1}, 0.4), wave({9, 1}, 0.4).t());
const Tensor rhs = wave({9}, 1.2);

Tensor product(const Tensor& v) { return at::mv(matrix, v); }
Tensor plain(const Tensor& v) { return v.clone(); }

TEST(ConjugateGradients, SolvesInAsManyProductsAsThereAreUnknowns) {
  const ConjugateGradients result = conjugate_gradients(product, plain, rhs, 1e-12, 20);
  EXPECT_LE(result.products, 20);
  EXPECT_LT(relative_difference(product(result.solution), rhs), 1e-9);
}

TEST(ConjugateGradients, TheInverseAsPreconditionerNeedsOneProduct) {
  const Tensor inverse = at::linalg_inv(matrix);
  const auto result = conjugate_gradients(
      product, [&](const Tensor& v) { return at::mv(inverse, v); }, rhs, 1e-6, 20);
  EXPECT_EQ(result.products, 1);
  EXPECT_LT(relative_difference(product(result.solution), rhs), 1e-9);
}

TEST(ConjugateGradients, EndsAtToleranceOrAtTheMostProducts) {
  EXPECT_EQ(conjugate_gradients(product, plain, rhs, 0.0, 3).products, 3);
  const ConjugateGradients loose = conjugate_gradients(product, plain, rhs, 0.3, 20);
  EXPECT_LE((rhs - product(loose.solution)).norm().item<double>(), 0.3 * rhs.norm().item<double>());
  EXPECT_LT(loose.products, conjugate_gradients(product, plain, rhs, 1e-3, 20).products);
  EXPECT_EQ(conjugate_gradients(product, plain, at::zeros_like(rhs), 0.3, 20).products, 0);
}

}  // namespace
}  // namespace nusselt
