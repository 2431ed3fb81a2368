#include "networks/jet.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace nusselt {
namespace {

template <typename Error>
std::string refusal(const JetSpec& spec) {
  try {
    spec.validate();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(JetSpec, CountsChannelsInOrder) {
  EXPECT_EQ(JetSpec::values(3).channels(), 1);
  EXPECT_EQ(JetSpec::values(3).order(), 0);
  EXPECT_EQ(JetSpec::first_order(3).channels(), 4);
  EXPECT_EQ(JetSpec::first_order(3).order(), 1);
  const JetSpec spec = JetSpec::second_order(2, {SecondOrder::laplacian({1.0, 1.0}), SecondOrder::derivative(0, 1)});
  EXPECT_EQ(spec.channels(), 5);
  EXPECT_EQ(spec.order(), 2);
  EXPECT_EQ(spec.first_channel(1), 2);
  EXPECT_EQ(spec.second_channel(0), 3);
  EXPECT_EQ(spec.second_channel(1), 4);
  EXPECT_EQ(JetSpec::pure_seconds(3).channels(), 7);
  spec.validate();
}

TEST(JetSpec, LaplacianLeavesOutZeroWeights) {
  const SecondOrder channel = SecondOrder::laplacian({2.0, 0.0, 0.5});
  ASSERT_EQ(channel.terms.size(), 2u);
  EXPECT_EQ(channel.terms[0], (SecondOrder::Term{0, 0, 2.0}));
  EXPECT_EQ(channel.terms[1], (SecondOrder::Term{2, 2, 0.5}));
}

TEST(JetSpec, RefusesChannelsItDoesNotHave) {
  EXPECT_THROW(JetSpec::values(2).first_channel(0), std::out_of_range);
  EXPECT_THROW(JetSpec::first_order(2).first_channel(2), std::out_of_range);
  EXPECT_THROW(JetSpec::first_order(2).second_channel(0), std::out_of_range);
}

TEST(JetSpec, ThirdDerivativesBringTheSecondOnesTheyContain) {
  const JetSpec spec =
      JetSpec::third_order(2, {SecondOrder::derivative(1, 1)},
                           {ThirdOrder{{{0, 0, 1, 1.0}, {1, 1, 1, 2.0}}}, ThirdOrder::derivative(0, 0, 0)});
  spec.validate();
  EXPECT_EQ(spec.order(), 3);
  ASSERT_EQ(spec.second.size(), 3u);  // yy, then xy and xx
  EXPECT_EQ(spec.channels(), 1 + 2 + 3 + 2);
  EXPECT_EQ(spec.second_channel(0, 0), spec.second_channel(2));
  EXPECT_EQ(spec.second_channel(1, 0), spec.second_channel(0, 1));
  EXPECT_EQ(spec.third_channel(1), 7);
  EXPECT_THROW(spec.third_channel(2), std::out_of_range);
  EXPECT_THROW(JetSpec::second_order(2, {SecondOrder::laplacian({1, 1})}).second_channel(0, 0), std::out_of_range);
}

TEST(JetSpec, ValidateSaysWhatIsWrong) {
  EXPECT_EQ(refusal<std::invalid_argument>(JetSpec::values(0)), "a jet needs at least one axis, got 0");
  EXPECT_EQ(refusal<std::invalid_argument>({2, false, {SecondOrder::derivative(0, 0)}}),
            "a jet with second derivatives also needs the first ones: set JetSpec::first");
  EXPECT_EQ(refusal<std::invalid_argument>(JetSpec::second_order(2, {SecondOrder::derivative(0, 2)})),
            "a second-order channel asks for axis 2, but the jet has axes 0 to 1");
  EXPECT_EQ(refusal<std::invalid_argument>(JetSpec::second_order(2, {SecondOrder::laplacian({0.0, 0.0})})),
            "a second-order channel of a jet has no terms");
  EXPECT_EQ(
      refusal<std::invalid_argument>({2, true, {SecondOrder::derivative(0, 0)}, {ThirdOrder::derivative(0, 0, 1)}}),
      "a jet with third derivatives also needs the second ones that they contain: this jet has no channel for the "
      "second derivative along axes 0 and 1 alone");
  EXPECT_EQ(refusal<std::invalid_argument>(JetSpec::third_order(2, {}, {ThirdOrder{}})),
            "a third-order channel of a jet has no terms");
  EXPECT_EQ(
      refusal<std::invalid_argument>({1, true, {SecondOrder::derivative(0, 0)}, {ThirdOrder::derivative(0, 0, 1)}}),
      "a third-order channel asks for axis 1, but the jet has axes 0 to 0");
}

}  // namespace
}  // namespace nusselt
