#include "networks/registry.hpp"

#include <gtest/gtest.h>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::message_of;

TEST(Registry, KnowsEveryKind) {
  EXPECT_EQ(activation_names(), (std::vector<std::string>{"sin", "swish", "tanh"}));
  EXPECT_EQ(norm_names(), (std::vector<std::string>{"layer", "none"}));
  EXPECT_EQ(make_norm("none", 1e-3), nullptr);
  EXPECT_NE(make_norm("layer", 1e-3), nullptr);
  for (const std::string& name : activation_names()) EXPECT_EQ(find_activation(name).name, name);
}

TEST(Registry, UnknownNamesAreRefusedWithTheKnownOnes) {
  EXPECT_EQ(message_of([] { find_activation("tanhh"); }), "unknown activation \"tanhh\"; known are: sin, swish, tanh");
  EXPECT_EQ(message_of([] { make_norm("batch", 1e-3); }), "unknown normalization \"batch\"; known are: layer, none");
}

}  // namespace
}  // namespace nusselt
