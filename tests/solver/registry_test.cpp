#include "networks/registry.hpp"

#include <gtest/gtest.h>

#include "tests/solver/scalar_network.hpp"

namespace nusselt {
namespace {

using testing::message_of;

TEST(Registry, KnowsEveryKind) {
  EXPECT_EQ(activation_names(), (std::vector<std::string>{"sin", "swish", "tanh"}));
  EXPECT_EQ(norm_names(), (std::vector<std::string>{"batch", "group", "instance", "layer", "none", "rms"}));
  EXPECT_EQ(reparam_names(), (std::vector<std::string>{"none", "weight_fact", "weight_norm"}));
  for (const std::string& name : norm_names()) EXPECT_EQ(make_norm(name, {}) == nullptr, name == "none") << name;
  for (const std::string& name : reparam_names()) EXPECT_EQ(find_reparam(name) == nullptr, name == "none") << name;
  for (const std::string& name : activation_names()) EXPECT_EQ(find_activation(name).name, name);
}

TEST(Registry, UnknownNamesAreRefusedWithTheKnownOnes) {
  EXPECT_EQ(message_of([] { find_activation("tanhh"); }), "unknown activation \"tanhh\"; known are: sin, swish, tanh");
  EXPECT_EQ(message_of([] { make_norm("bach", {}); }),
            "unknown normalization \"bach\"; known are: batch, group, instance, layer, none, rms");
  EXPECT_EQ(message_of([] { find_reparam("rwf"); }),
            "unknown reparametrization \"rwf\"; known are: none, weight_fact, weight_norm");
}

}  // namespace
}  // namespace nusselt
