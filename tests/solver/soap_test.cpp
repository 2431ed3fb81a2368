#include <gtest/gtest.h>

#include <cmath>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

struct Trained {
  explicit Trained(const std::string& name = "soap", const torch::TensorOptions& options = float64())
      : c(tiny_cavity({"optimizer.name=" + name, "optimizer.rate=0.02", "optimizer.steps=200"})),
        problem(c, options),
        objective(problem, problem.draw("gauss", 36, 6, "training", 1, 0),
                  std::vector<double>(problem.residuals().size(), 1.0)),
        theta(problem.network().initial_parameters(3).to(options)),
        optimizer(make_optimizer(c.settings)) {}
  double train(int steps) {
    for (int i = 0; i < steps; ++i) optimizer->step(objective, theta);
    return objective.loss(theta);
  }
  Case c;
  Problem problem;
  LeastSquares objective;
  Tensor theta;
  std::unique_ptr<Optimizer> optimizer;
};

/// SOAP of one parameter matrix or vector on flat vectors: rotations as one Kronecker product, the basis by
/// Gram-Schmidt.
struct Dense {
  Tensor left, right, left_basis, right_basis, m, v;

  Tensor rotation() const { return at::kron(left_basis.t().contiguous(), right_basis.t().contiguous()); }

  static Tensor orthonormal(const Tensor& columns) {
    Tensor q = columns.clone();
    for (std::int64_t i = 0; i < q.size(1); ++i) {
      for (int twice = 0; twice < 2; ++twice) {
        for (std::int64_t j = 0; j < i; ++j)
          q.select(1, i).sub_(q.select(1, j) * at::dot(q.select(1, j), q.select(1, i)));
      }
      q.select(1, i).div_(q.select(1, i).norm());
    }
    return q;
  }
  static Tensor descending(const Tensor& mean, const Tensor& basis) {
    return at::mm(basis.t(), at::mm(mean, basis)).diagonal().argsort(0, true);
  }
  void start(const Tensor& g) {
    m = at::zeros({g.numel()}, at::kDouble);
    v = at::zeros({g.numel()}, at::kDouble);
    if (g.dim() == 1) return;
    left = 0.01 * at::mm(g, g.t());
    right = 0.01 * at::mm(g.t(), g);
    left_basis = std::get<1>(at::linalg_eigh(left)).flip(1);
    right_basis = std::get<1>(at::linalg_eigh(right)).flip(1);
  }
  Tensor step(const Tensor& g, int count, double rate) {
    const Tensor flat = g.flatten();
    m = 0.95 * m + 0.05 * flat;
    const double corrections = std::sqrt(1 - std::pow(0.99, count)) / (1 - std::pow(0.95, count));
    Tensor q = at::eye(flat.numel(), at::kDouble);
    if (g.dim() == 2) {
      left = 0.99 * left + 0.01 * at::mm(g, g.t());
      right = 0.99 * right + 0.01 * at::mm(g.t(), g);
      q = rotation();
    }
    v = 0.99 * v + 0.01 * at::mv(q, flat).square();
    const Tensor change = -rate * corrections * at::mv(q.t(), at::mv(q, m) / (v.sqrt() + 1e-8));
    if (g.dim() == 2 && count % 2 == 0) {
      const Tensor rows = descending(left, left_basis), columns = descending(right, right_basis);
      left_basis = orthonormal(at::mm(left, left_basis.index_select(1, rows)));
      right_basis = orthonormal(at::mm(right, right_basis.index_select(1, columns)));
      v = v.view(g.sizes()).index_select(0, rows).index_select(1, columns).flatten();
    }
    return change.view(g.sizes());
  }
};

TEST(Soap, AgreesWithADenseImplementation) {
  Trained t;
  Tensor theta = t.theta.clone();
  const auto& slices = t.objective.network().slices();
  std::vector<Dense> dense(slices.size());
  // Beyond the first power iteration the basis of the null space of a mean is a matter of rounding.
  for (int count = 0; count <= 2; ++count) {
    const Tensor gradient = t.objective.gradient(theta).gradient;
    const double rate = 0.02 * count / 21;  // the warm-up takes a tenth of the steps
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const auto part = [&](const Tensor& of) {
        return of.narrow(0, slices[i].offset, slices[i].size()).view(slices[i].shape);
      };
      if (count == 0) {
        dense[i].start(part(gradient));
      } else {
        part(theta).add_(dense[i].step(part(gradient), count, rate));
      }
    }
    const Tensor before = t.theta.clone();
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    EXPECT_TRUE(step.accepted);
    EXPECT_NEAR(step.length, rate, 1e-15);
    // The first gradient only starts the averages.
    EXPECT_EQ(at::equal(t.theta, before), count == 0);
    EXPECT_LT(testing::relative_difference(t.theta, theta), 1e-9) << count;
  }
}

TEST(Soap, BeatsAdamAtEqualSteps) { EXPECT_LT(Trained("soap").train(200), Trained("adam").train(200)); }

TEST(Soap, TheRateFallsToAHundredth) {
  Trained t;
  double largest = 0;
  OptimizerStep last{};
  for (int i = 0; i < 201; ++i) {
    last = t.optimizer->step(t.objective, t.theta);
    largest = std::max(largest, last.length);
  }
  EXPECT_DOUBLE_EQ(largest, 0.02);
  EXPECT_NEAR(last.length, 0.0002, 1e-12);
}

TEST(Soap, ARestoredOneGoesOnWithTheSameBits) {
  Trained whole;
  Trained halves;
  whole.train(7);
  const OptimizerState untouched = halves.optimizer->state();
  EXPECT_EQ(untouched.size(), 1u);
  halves.optimizer->restore(untouched);
  halves.train(4);
  const OptimizerState state = halves.optimizer->state();
  EXPECT_EQ(state.size(), 3u + 4 * 3);
  Tensor elsewhere = halves.theta.clone();
  halves.optimizer->step(halves.objective, elsewhere);  // must not touch the state, which is a copy
  halves.optimizer = make_optimizer(halves.c.settings);
  halves.optimizer->restore(state);
  halves.train(3);
  EXPECT_TRUE(at::equal(whole.theta, halves.theta));
}

TEST(Soap, RunsInSinglePrecision) {
  Trained single("soap", at::TensorOptions().dtype(at::kFloat));
  const double first = single.objective.loss(single.theta);
  EXPECT_LT(single.train(100), 0.5 * first);
  EXPECT_EQ(single.theta.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace nusselt
