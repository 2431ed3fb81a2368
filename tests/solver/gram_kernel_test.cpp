#include "solver/gram_kernel.hpp"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "networks/network.hpp"
#include "solver/gram_block.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::relative_difference;
using testing::wave;
using torch::Tensor;

TEST(GramBlock, SumsProductsOfTheChannelsThatAreThere) {
  // Left: equation 0 has channels 0 and 2, equation 1 has channel 1 and the vector of the first pair; right: one
  // equation with channels 0 and 1.
  const GramRows left{{0, 2, 1}, {0, 2, 3}, {0, 1, 0}, 2}, right{{0, 1}, {0, 2}, {0, 1}, 2};
  const Tensor inputs = wave({3, 16, 2, 16}, 0.2), adjoints = wave({2, 16, 2, 16}, 0.9);
  const Tensor left_scales = wave({3, 16}, 0.1), right_scales = wave({2, 16}, 0.8);
  const Tensor sum = wave({16, 2, 1, 16}, 1.7), before = sum.clone();
  add_gram_block(left, right, 2, left_scales.data_ptr<double>(), right_scales.data_ptr<double>(),
                 inputs.data_ptr<double>(), adjoints.data_ptr<double>(), sum.data_ptr<double>());
  for (int e = 0; e < 2; ++e) {
    Tensor expected = before.select(1, e).select(1, 0).clone();
    for (int p = left.first[e]; p < left.first[e + 1]; ++p) {
      for (int q = 0; q < 2; ++q) {
        expected += left_scales[p].unsqueeze(1) * right_scales[q] *
                    inputs.select(0, left.channel[p]).select(1, right.channel[q]) *
                    adjoints.select(0, left.vector[p]).select(1, right.vector[q]);
      }
    }
    EXPECT_LT(relative_difference(sum.select(1, e).select(1, 0), expected), 1e-14) << "equation " << e;
  }
}

struct Part {
  int points, equations;
  JetSpec spec;
};

/// The kernel of a network, and J J^T from its written-out Jacobian.
void expect_product_of_rows(const NetworkSettings& settings, const std::vector<Part>& parts) {
  const Network network(settings);
  const Tensor theta = testing::generic_parameters(network, 5);
  std::vector<std::vector<RowFactors>> tiles;
  std::vector<Tensor> jacobians;
  for (const Part& part : parts) {
    const Linearization linearization =
        network.linearize(theta, testing::scattered_points(settings, part.points), part.spec);
    Tensor seeds = wave({part.points, part.equations, part.spec.channels(), settings.outputs}, 0.4);
    // A first-order equation beside second-order ones, as continuity is.
    if (part.spec.order() == 2) seeds.select(1, 0).narrow(1, 3, part.spec.channels() - 3).zero_();
    const Tensor rows = at::empty({part.points, part.equations, network.parameter_count()}, at::kDouble);
    linearization.jacobian(seeds, rows);
    jacobians.push_back(rows.view({-1, network.parameter_count()}));
    tiles.push_back(linearization.factors(seeds));
  }
  const Tensor jacobian = at::cat(jacobians);
  const Tensor expected = at::mm(jacobian, jacobian.t());
  EXPECT_LT(relative_difference(gram_kernel(tiles).triu(), expected.triu()), 1e-12)
      << settings.norm << ", width " << settings.width;
}

TEST(GramKernel, IsTheProductOfTheRows) {
  const JetSpec second = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 0.5})});
  // Width 5: all written out. Width 53: Gram form of the hidden matrices. Whole and partial blocks of 16 points.
  for (const int width : {5, 53}) {
    for (const char* norm : {"none", "layer"}) {
      NetworkSettings settings = testing::small_settings(2, "tanh", norm);
      settings.width = width;
      expect_product_of_rows(settings, {{32, 3, second}, {17, 3, second}, {7, 2, JetSpec::first_order(2)}});
      expect_product_of_rows(settings, {{1, 1, JetSpec::values(2)}});
    }
  }
}

// Equation 0 has the x-derivative of output 0 at the weight -a(n), equation 1 its Laplacian at the weight b(n) and
// other terms: hidden adjoints of the highest derivatives are then multiples of each other, different at every point.
TEST(GramKernel, OfEquationsThatShareAdjointVectors) {
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 0.5})});
  NetworkSettings settings = testing::small_settings(2, "tanh", "none");
  settings.width = 53;
  const Network network(settings);
  const std::int64_t points = 21;
  const Linearization linearization =
      network.linearize(testing::generic_parameters(network, 5), testing::scattered_points(settings, points), spec);
  Tensor seeds = at::zeros({points, 2, spec.channels(), settings.outputs}, at::kDouble);
  seeds.select(1, 0).select(1, 1).select(1, 0).copy_(-wave({points}, 0.3));
  seeds.select(1, 1).select(1, 3).select(1, 0).copy_(wave({points}, 1.1));
  seeds.select(1, 1).select(1, 1).copy_(wave({points, settings.outputs}, 0.8));
  seeds[4].zero_();  // a point of no weight
  const Tensor rows = at::empty({points, 2, network.parameter_count()}, at::kDouble);
  linearization.jacobian(seeds, rows);
  const Tensor jacobian = rows.view({-1, network.parameter_count()});
  EXPECT_LT(
      relative_difference(gram_kernel({linearization.factors(seeds)}).triu(), at::mm(jacobian, jacobian.t()).triu()),
      1e-12);
}

TEST(GramKernel, IsTheSameForAnyNumberOfThreads) {
  NetworkSettings settings = testing::small_settings(2, "tanh", "none");
  settings.width = 64;
  const Network network(settings);
  const Tensor theta = testing::generic_parameters(network, 5), x = testing::scattered_points(settings, 100);
  const Tensor seeds = wave({100, 2, 3, settings.outputs}, 0.4);
  const std::vector<std::vector<RowFactors>> tiles = {
      network.linearize(theta, x, JetSpec::first_order(2)).factors(seeds)};
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Tensor one = gram_kernel(tiles);
  at::set_num_threads(2);
  const Tensor two = gram_kernel(tiles);
  at::set_num_threads(threads);
  EXPECT_LT(relative_difference(one, two), 1e-15);
}

}  // namespace
}  // namespace nusselt
