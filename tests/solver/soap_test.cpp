#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "solver/optimizer.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

const std::vector<std::string> with_soap = {"optimizer.name=soap", "optimizer.rate=0.02", "optimizer.steps=200"};

/// SOAP of one parameter matrix or vector, written as on paper: loops over elements, the basis by Gram-Schmidt.
struct Plain {
  using Matrix = std::vector<std::vector<double>>;
  Matrix left, right, left_basis, right_basis, m, v;

  static Matrix of(const Tensor& t) {
    const Tensor rows = t.dim() == 2 ? t : t.unsqueeze(1);
    Matrix result(rows.size(0), std::vector<double>(rows.size(1)));
    for (std::size_t i = 0; i < result.size(); ++i) {
      for (std::size_t j = 0; j < result[i].size(); ++j) result[i][j] = rows[i][j].item<double>();
    }
    return result;
  }
  static Matrix transposed(const Matrix& a) {
    Matrix result(a[0].size(), std::vector<double>(a.size()));
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < a[0].size(); ++j) result[j][i] = a[i][j];
    }
    return result;
  }
  static Matrix times(const Matrix& a, const Matrix& b) {
    Matrix result(a.size(), std::vector<double>(b[0].size(), 0.0));
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < b[0].size(); ++j) {
        for (std::size_t k = 0; k < b.size(); ++k) result[i][j] += a[i][k] * b[k][j];
      }
    }
    return result;
  }
  static void average(Matrix& mean, double decay, const Matrix& added) {
    for (std::size_t i = 0; i < mean.size(); ++i) {
      for (std::size_t j = 0; j < mean[0].size(); ++j) mean[i][j] = decay * mean[i][j] + (1 - decay) * added[i][j];
    }
  }
  static Matrix squared(const Matrix& a) {
    Matrix result = a;
    for (auto& row : result) {
      for (double& x : row) x *= x;
    }
    return result;
  }

  /// What one power iteration makes of the basis; the order of its old columns, by falling Rayleigh quotient.
  static std::vector<std::size_t> iterate(const Matrix& mean, Matrix& basis) {
    const Matrix quotients = times(transposed(basis), times(mean, basis));
    std::vector<std::size_t> order(basis.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t i, std::size_t j) { return quotients[i][i] > quotients[j][j]; });
    Matrix vectors;  // one a row
    for (const std::size_t i : order) vectors.push_back(transposed(basis)[i]);
    vectors = times(vectors, transposed(mean));
    for (std::size_t i = 0; i < vectors.size(); ++i) {
      const auto dot = [&](std::size_t j) {
        double sum = 0;
        for (std::size_t k = 0; k < vectors[i].size(); ++k) sum += vectors[i][k] * vectors[j][k];
        return sum;
      };
      for (int twice = 0; twice < 2; ++twice) {
        for (std::size_t j = 0; j < i; ++j) {
          const double along = dot(j);
          for (std::size_t k = 0; k < vectors[i].size(); ++k) vectors[i][k] -= along * vectors[j][k];
        }
      }
      const double length = std::sqrt(dot(i));
      for (double& x : vectors[i]) x /= length;
    }
    basis = transposed(vectors);
    return order;
  }

  /// The change of the parameters; of a vector, with both bases empty, it is that of Adam.
  Matrix step(const Matrix& g, int count, double rate) {
    const auto turned = [&](const Matrix& a) {
      return left.empty() ? a : times(times(transposed(left_basis), a), right_basis);
    };
    average(m, 0.95, g);
    average(v, 0.99, squared(turned(g)));
    Matrix change = turned(m);
    const double corrections = std::sqrt(1 - std::pow(0.99, count)) / (1 - std::pow(0.95, count));
    for (std::size_t i = 0; i < change.size(); ++i) {
      for (std::size_t j = 0; j < change[0].size(); ++j) {
        change[i][j] *= -rate * corrections / (std::sqrt(v[i][j]) + 1e-8);
      }
    }
    if (left.empty()) return change;
    change = times(times(left_basis, change), transposed(right_basis));
    average(left, 0.99, times(g, transposed(g)));
    average(right, 0.99, times(transposed(g), g));
    if (count % 2 == 0) {
      const auto rows = iterate(left, left_basis), columns = iterate(right, right_basis);
      const Matrix old = v;
      for (std::size_t i = 0; i < v.size(); ++i) {
        for (std::size_t j = 0; j < v[0].size(); ++j) v[i][j] = old[rows[i]][columns[j]];
      }
    }
    return change;
  }
};

/// A symmetric matrix with eigenvalues between about 1 and 10, and an orthonormal basis that is not its own.
Tensor full_rank(std::int64_t size, double phase) {
  const Tensor a = testing::wave({size, size}, phase);
  return at::mm(a, a.t()) + at::eye(size, at::kDouble);
}
Tensor some_basis(std::int64_t size, double phase) {
  return std::get<0>(at::linalg_qr(testing::wave({size, size}, phase) + at::eye(size, at::kDouble)));
}

// A mean without full rank has a null space whose basis is a matter of rounding, and gradients of matrices that are not
// square start with one; so the comparison starts from a state in which every mean has full rank.
TEST(Soap, AgreesWithItsFormulasElementByElement) {
  Trained t(tiny_cavity(with_soap));
  const auto& slices = t.objective.network().slices();
  OptimizerState state = {{"count", at::ones({1}, at::kDouble)},
                          {"first", 0.01 * testing::wave({t.theta.numel()}, 0.3)},
                          {"second", 0.01 * testing::wave({t.theta.numel()}, 0.7).square()}};
  const auto part = [&](const Tensor& of, std::size_t i) {
    return of.narrow(0, slices[i].offset, slices[i].size()).view(slices[i].shape);
  };
  std::vector<Plain> plain(slices.size());
  std::size_t matrices = 0;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    plain[i].m = Plain::of(part(state["first"], i));
    plain[i].v = Plain::of(part(state["second"], i));
    if (slices[i].shape.size() != 2) continue;
    const std::string number = std::to_string(matrices++);
    const double phase = 0.2 + static_cast<double>(i);
    plain[i].left = Plain::of(state["left_mean" + number] = 1e-3 * full_rank(slices[i].shape[0], phase));
    plain[i].right = Plain::of(state["right_mean" + number] = 1e-3 * full_rank(slices[i].shape[1], phase + 0.5));
    plain[i].left_basis = Plain::of(state["left_basis" + number] = some_basis(slices[i].shape[0], phase));
    plain[i].right_basis = Plain::of(state["right_basis" + number] = some_basis(slices[i].shape[1], phase + 0.5));
  }
  ASSERT_EQ(matrices, 3u);
  t.optimizer->restore(state);
  Tensor theta = t.theta.clone();
  for (int count = 1; count <= 12; ++count) {
    const Tensor gradient = t.objective.gradient(theta).gradient;
    const double rate = 0.02 * count / 21;  // the warm-up takes a tenth of the steps
    for (std::size_t i = 0; i < slices.size(); ++i) {
      const Plain::Matrix change = plain[i].step(Plain::of(part(gradient, i)), count, rate);
      std::int64_t k = slices[i].offset;
      for (const auto& row : change) {
        for (const double x : row) theta[k++] += x;
      }
    }
    const Tensor before = t.theta.clone();
    const OptimizerStep step = t.optimizer->step(t.objective, t.theta);
    EXPECT_TRUE(step.accepted);
    EXPECT_NEAR(step.length, rate, 1e-15);
    EXPECT_LT(testing::relative_difference(t.theta - before, theta - before), 1e-9) << count;
  }
}

TEST(Soap, StartsFromTheEigenvectorsOfTheFirstGradient) {
  Trained t(tiny_cavity(with_soap));
  const Tensor before = t.theta.clone();
  const Tensor gradient = t.objective.gradient(t.theta).gradient;
  t.optimizer->step(t.objective, t.theta);
  EXPECT_TRUE(at::equal(t.theta, before));  // the first gradient only starts the averages
  const OptimizerState state = t.optimizer->state();
  int matrices = 0;
  for (const ParameterSlice& slice : t.objective.network().slices()) {
    if (slice.shape.size() != 2) continue;
    const Tensor g = gradient.narrow(0, slice.offset, slice.size()).view(slice.shape);
    const std::string number = std::to_string(matrices++);
    for (const bool left : {true, false}) {
      const std::string side = left ? "left" : "right";
      const Tensor square = left ? at::mm(g, g.t()) : at::mm(g.t(), g);
      const Tensor& basis = state.at(side + "_basis" + number);
      EXPECT_LT(testing::relative_difference(state.at(side + "_mean" + number), 0.01 * square), 1e-14);
      const Tensor identity = at::eye(basis.size(0), at::kDouble);
      EXPECT_LT(testing::relative_difference(at::mm(basis.t(), basis), identity), 1e-13);
      const Tensor diagonal = at::mm(at::mm(basis.t(), square), basis);
      EXPECT_LT(((diagonal - at::diag(diagonal.diagonal())).norm() / square.norm()).item<double>(), 1e-13);
      EXPECT_LT(diagonal.diagonal().diff().max().item<double>(), 1e-13 * square.norm().item<double>());
    }
  }
  EXPECT_EQ(matrices, 3);
}

/// Loss after as many steps as the case allows.
double final_loss(const Case& c, int seed) {
  const Problem problem(c, float64());
  const LeastSquares objective(problem, problem.draw("gauss", 36, 6, "training", 1, 0),
                               std::vector<double>(problem.residuals().size(), 1.0));
  Tensor theta = problem.network().initial_parameters(seed);
  const auto optimizer = make_optimizer(c.settings);
  for (int i = 0; i < c.settings.optimizer.steps; ++i) optimizer->step(objective, theta);
  return objective.loss(theta);
}

// A second derivative makes the loss ill-conditioned along directions that no single weight follows. Measured: 22, 25
// and 6 times lower.
TEST(Soap, BeatsAdamAtEqualSteps) {
  for (const int seed : {3, 4, 5}) {
    const auto with = [&](const std::string& name) {
      return final_loss(tiny_bar({"optimizer.name=" + name, "optimizer.rate=0.003", "optimizer.steps=400",
                                  "network.depth=3", "network.width=24"}),
                        seed);
    };
    EXPECT_LT(with("soap"), 0.3 * with("adam")) << seed;
  }
}

TEST(Soap, TheRateFallsToAHundredth) {
  Trained t(tiny_cavity(with_soap));
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
  Trained whole(tiny_cavity(with_soap));
  Trained halves(tiny_cavity(with_soap));
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
  Trained single(tiny_cavity(with_soap), at::TensorOptions().dtype(at::kFloat));
  const double first = single.objective.loss(single.theta);
  EXPECT_LT(single.train(100), 0.5 * first);
  EXPECT_EQ(single.theta.scalar_type(), at::kFloat);
}

}  // namespace
}  // namespace nusselt
