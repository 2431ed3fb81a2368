#include "solver/case/case_json.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "small_case.hpp"

namespace nusselt {
namespace {

TEST(CaseJson, SaysWhatTheTextSays) {
  const Case c = read_case(NUSSELT_SOURCE_DIR "/cases/heated_cavity", {});
  const auto json = case_json(c);
  EXPECT_EQ(json["passed"], true);
  EXPECT_EQ(json["case"], "heated_cavity");
  EXPECT_EQ(json["physics"], "boussinesq");
  EXPECT_EQ(json["constants"].size(), c.constants.all().size());
  EXPECT_EQ(json["constants"][0]["name"], "Ra");
  EXPECT_EQ(json["constants"][0]["si"], 1e4);
  EXPECT_EQ(json["scales"]["references"].size(), c.scales.references().size());
  EXPECT_EQ(json["scales"]["fields"][3]["name"], "T");
  EXPECT_EQ(json["scales"]["fields"][3]["measured_from"], 300.0);
  EXPECT_EQ(json["groups"].size(), c.groups.all().size());
  const auto& energy = json["equations"][3];
  EXPECT_EQ(energy["text"], equation_text(c.equations[3], c));
  ASSERT_EQ(energy["terms"].size(), 4u);
  EXPECT_EQ(energy["terms"][0]["factor"], "u*dx(T)");
  EXPECT_EQ(energy["terms"][2]["groups"]["Ra"], "-1/2");
  EXPECT_NEAR(energy["terms"][2]["coefficient"].get<double>(), -0.0118678, 1e-7);
  EXPECT_NEAR(energy["spread_decades"].get<double>(), 1.93, 0.01);
  EXPECT_EQ(json["derivatives"]["p"].size(), 2u);
  EXPECT_EQ(json["condition_counts"].size(), 16u);
  EXPECT_EQ(json["condition_counts"][2]["field"], "p");
  EXPECT_EQ(json["condition_counts"][2]["needed"], 0);
  EXPECT_EQ(json["conditions"]["exact"].size(), 3u);
  EXPECT_EQ(json["conditions"]["least_squares"].size(), 2u);
  EXPECT_EQ(json["optimizer"]["name"], "hybrid");
  EXPECT_EQ(json["cost"]["work"].size(), 2u);
  EXPECT_EQ(json["cost"]["channels"], 4);
  EXPECT_TRUE(json["warnings"].empty());
  EXPECT_EQ(json["notes"].size(), c.notes.size());
}

TEST(CaseJson, SaysWhereACaseIsWrong) {
  try {
    case_of(replaced(small_cavity, "1.8e-5 Pa s", "1.8e-5"));
    FAIL();
  } catch (const InputError& error) {
    const auto json = refusal_json(error);
    EXPECT_EQ(json["passed"], false);
    EXPECT_EQ(json["error"]["file"], "case.yaml");
    EXPECT_EQ(json["error"]["line"], 11);
    EXPECT_EQ(json["error"]["column"], 7);
    EXPECT_EQ(json["error"]["message"].get<std::string>().rfind("constants.mu: expected dynamic viscosity", 0), 0u);
    EXPECT_EQ(json["error"]["hint"], "add the unit, for example `mu: 1.8e-5 Pa s`");
  }
}

}  // namespace
}  // namespace nusselt
