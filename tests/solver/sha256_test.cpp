#include "solver/sha256.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

// FIPS 180-4, examples of NIST's cryptographic standards page.
TEST(Sha256Test, AgreesWithTheStandard) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256Test, PiecesAreOneText) { EXPECT_EQ(sha256({"a", "", "bc"}), sha256("abc")); }

}  // namespace
}  // namespace nusselt
