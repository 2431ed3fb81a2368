#include "nondim/did_you_mean.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

TEST(DidYouMean, EditDistanceCountsASwapOfNeighboursAsOne) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("width", "width"), 0u);
  EXPECT_EQ(edit_distance("widht", "width"), 1u);
  EXPECT_EQ(edit_distance("wdth", "width"), 1u);
  EXPECT_EQ(edit_distance("widtth", "width"), 1u);
  EXPECT_EQ(edit_distance("wadth", "width"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("ca", "abc"), 3u);  // optimal string alignment: no part is edited twice
}

TEST(DidYouMean, NamesTheNearestCandidate) {
  const std::vector<std::string> keys = {"depth", "width", "activation", "norm", "norm_eps"};
  EXPECT_EQ(did_you_mean("widht", keys), "width");
  EXPECT_EQ(did_you_mean("activaton", keys), "activation");
  EXPECT_EQ(did_you_mean("normm", keys), "norm");
  EXPECT_EQ(did_you_mean("norm_ep", keys), "norm_eps");
}

TEST(DidYouMean, IgnoresCaseAndPrefersTheSameCase) {
  EXPECT_EQ(did_you_mean("TANH", {"sin", "tanh"}), "tanh");
  EXPECT_EQ(did_you_mean("t_hot", {"T_hot", "t_hit"}), "T_hot");
  EXPECT_EQ(did_you_mean("RA", {"ra", "Ra"}), "Ra");
  EXPECT_EQ(did_you_mean("t", {"T"}), "T");
}

TEST(DidYouMean, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(did_you_mean("colour", {"depth", "width"}), "");
  EXPECT_EQ(did_you_mean("x", {"y", "z"}), "");  // one edit is the whole word
  EXPECT_EQ(did_you_mean("at", {"ab"}), "");     // and here half of it
  EXPECT_EQ(did_you_mean("sine", {"norm"}), "");
  EXPECT_EQ(did_you_mean("width", {}), "");
}

}  // namespace
}  // namespace nusselt
