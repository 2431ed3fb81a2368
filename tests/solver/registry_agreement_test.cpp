// What a case may name and what the solver can make are two lists in two programs: they must be the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "networks/registry.hpp"
#include "solver/case/key_table.hpp"
#include "solver/conditioning.hpp"
#include "solver/optimizer.hpp"
#include "solver/sampling.hpp"

namespace nusselt {
namespace {

std::vector<std::string> sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> choices_of(const char* path) {
  std::vector<std::string> names;
  for (const Choice& choice : find_key(path)->choices) names.push_back(choice.name);
  return sorted(names);
}

TEST(RegistryAgreement, KeyTableAndFactoriesNameTheSame) {
  EXPECT_EQ(choices_of("points.sampling"), sorted(sampler_names()));
  EXPECT_EQ(choices_of("optimizer.name"), sorted(optimizer_names()));
  EXPECT_EQ(choices_of("conditioning.name"), sorted(conditioning_names()));
  EXPECT_EQ(choices_of("network.activation"), sorted(activation_names()));
  EXPECT_EQ(choices_of("network.norm"), sorted(norm_names()));
  for (const char* path : {"points.sampling", "optimizer.name", "conditioning.name", "network.activation"}) {
    EXPECT_GE(choices_of(path).size(), 2u) << path;
  }
}

}  // namespace
}  // namespace nusselt
