// What a case may name and what the solver can make are two lists in two programs: they must be the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "networks/registry.hpp"
#include "solver/balancer.hpp"
#include "solver/case/key_table.hpp"
#include "solver/case/optimizer_choice.hpp"
#include "solver/conditioning.hpp"
#include "solver/optimizer.hpp"
#include "solver/sampling.hpp"
#include "tests/solver/small_training.hpp"

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

TEST(RegistryAgreement, TheFrontCountsParametersAsTheNetworkDoes) {
  for (const char* norm : {"none", "layer", "batch"}) {
    const Case c = tiny_cavity({std::string("network.norm=") + norm});
    const Problem problem(c, float64());
    EXPECT_EQ(trained_count(c.settings.network), problem.network().trained_count()) << norm;
  }
}

TEST(RegistryAgreement, KeyTableAndFactoriesNameTheSame) {
  EXPECT_EQ(choices_of("points.sampling"), sorted(sampler_names()));
  std::vector<std::string> optimizers = optimizer_names();
  optimizers.push_back("auto");  // is replaced by one of the others when a case is read
  EXPECT_EQ(choices_of("optimizer.name"), sorted(optimizers));
  EXPECT_EQ(choices_of("conditioning.name"), sorted(conditioning_names()));
  EXPECT_EQ(choices_of("balancing.name"), sorted(balancer_names()));
  EXPECT_EQ(choices_of("network.activation"), sorted(activation_names()));
  EXPECT_EQ(choices_of("network.norm"), sorted(norm_names()));
  for (const std::string& name : norm_names()) {
    const auto norm = make_norm(name, {});
    EXPECT_EQ(norm && norm->over_points(), normalizes_over_points(name)) << name;
  }
  EXPECT_EQ(choices_of("network.reparam"), sorted(reparam_names()));
  for (const char* path : {"points.sampling", "optimizer.name", "conditioning.name", "network.activation"}) {
    EXPECT_GE(choices_of(path).size(), 2u) << path;
  }
}

}  // namespace
}  // namespace nusselt
