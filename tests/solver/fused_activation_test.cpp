#include "networks/fused_activation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "networks/registry.hpp"
#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using torch::Tensor;

/// What the kernel of this function does, one element after the other.
template <class T>
void on_the_processor(PointwiseFunction f, const ActivationArguments<T>& a) {
  const auto run = [&]<PointwiseFunction function>() {
    for (std::int64_t i = 0; i < a.equations * a.elements; ++i) {
      a.ybar == nullptr ? jet_element<function>(a, i) : adjoint_element<function>(a, i);
    }
  };
  if (f == PointwiseFunction::tanh) run.template operator()<PointwiseFunction::tanh>();
  if (f == PointwiseFunction::sin) run.template operator()<PointwiseFunction::sin>();
  if (f == PointwiseFunction::swish) run.template operator()<PointwiseFunction::swish>();
}

std::vector<JetSpec> specs() {
  std::vector<JetSpec> all = testing::all_specs(2);
  for (const JetSpec& spec : testing::all_specs(3)) all.push_back(spec);
  all.push_back(JetSpec::second_order(
      2, {{{{0, 1, 0.7}, {1, 1, -2.0}, {0, 0, 1.5}, {1, 0, 0.3}}}, SecondOrder::derivative(1, 0)}));
  return all;
}

class FusedActivation : public ::testing::TestWithParam<std::string> {};

TEST_P(FusedActivation, ElementsAreThoseOfTheTensorOperations) {
  const Activation& activation = find_activation(GetParam());
  ASSERT_TRUE(activation.kernel);
  for (const JetSpec& spec : specs()) {
    const JetTerms terms = jet_terms(spec).value();
    const Tensor z = testing::wave({spec.channels(), 7, 5}, 0.3).mul_(2.0).contiguous();
    const auto derivatives = activation.derivatives(z.select(0, 0), spec.order() + 1);
    Tensor y = at::full_like(z, NAN);
    on_the_processor(*activation.kernel, activation_arguments<double>(terms, z, {}, y));
    EXPECT_LT((y - activation_jet(derivatives, z, spec)).abs().max().item<double>(), 2e-14) << spec.channels();
    for (const std::int64_t equations : {1, 3}) {
      const Tensor seed = testing::wave({spec.channels(), equations, 7, 5}, 2.6).contiguous();
      Tensor zbar = at::full_like(seed, NAN);
      on_the_processor(*activation.kernel, activation_arguments<double>(terms, z, seed, zbar));
      EXPECT_LT((zbar - activation_adjoint(derivatives, z, spec, seed)).abs().max().item<double>(), 5e-14)
          << spec.channels() << " channels, " << equations << " equations";
    }
  }
}

TEST_P(FusedActivation, InSinglePrecision) {
  const Activation& activation = find_activation(GetParam());
  const JetSpec spec = JetSpec::pure_seconds(2);
  const Tensor z = testing::wave({spec.channels(), 7, 5}, 0.3).to(at::kFloat).contiguous();
  Tensor y = at::full_like(z, NAN);
  on_the_processor(*activation.kernel, activation_arguments<float>(jet_terms(spec).value(), z, {}, y));
  const Tensor expected = activation_jet(activation.derivatives(z.select(0, 0), 2), z, spec);
  EXPECT_LT((y - expected).abs().max().item<double>(), 5e-6);
}

INSTANTIATE_TEST_SUITE_P(All, FusedActivation, ::testing::ValuesIn(activation_names()));

TEST(FusedActivationLimits, MoreTermsThanAKernelTakesGoToTheTensorOperations) {
  SecondOrder sum;
  for (int i = 0; i < JetTerms::most_terms; ++i) sum.terms.push_back({0, 1, 1.0 + i});
  EXPECT_TRUE(jet_terms(JetSpec::second_order(2, {sum})));
  sum.terms.push_back({0, 1, 1.0});
  EXPECT_FALSE(jet_terms(JetSpec::second_order(2, {sum})));
  EXPECT_FALSE(jet_terms(
      JetSpec::second_order(2, std::vector<SecondOrder>(JetTerms::most_second + 1, SecondOrder::derivative(0, 1)))));
}

TEST(FusedActivationLimits, ThirdDerivativesAreForTheTensorOperations) {
  EXPECT_FALSE(jet_terms(testing::third_order_spec(2)));
}

TEST(FusedActivationLimits, TensorsThatAreNotContiguousAreRefused) {
  const JetSpec spec = JetSpec::values(2);
  const Tensor z = at::zeros({1, 4, 6}, at::kDouble).transpose(1, 2);
  EXPECT_THROW(activation_arguments<double>(jet_terms(spec).value(), z, {}, at::empty({1, 6, 4}, at::kDouble)),
               std::invalid_argument);
}

TEST(FusedActivationLimits, AProcessorHasNoKernel) {
  const Tensor z = at::zeros({1, 4, 6}, at::kDouble);
  EXPECT_FALSE(has_activation_kernel(find_activation("tanh"), z, JetSpec::values(2)));
  EXPECT_THAT(activation_kernels(),
              ::testing::AnyOf(::testing::HasSubstr("built in by nvcc"), ::testing::HasSubstr("no kernels built in")));
}

}  // namespace
}  // namespace nusselt
