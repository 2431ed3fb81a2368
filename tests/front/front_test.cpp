#include "solver/case/front.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "small_case.hpp"
#include "solver/case/demo_list.hpp"
#include "solver/case/schema.hpp"

namespace nusselt {
namespace {

struct Answer {
  int code;
  std::string out, err;
};

Answer ask(const std::string& command, const std::string& subject, const std::vector<std::string>& overrides = {},
           bool json = false) {
  CommandLine line;
  line.json = json;
  line.command = command;
  line.subject = subject;
  line.overrides = overrides;
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int code = run_front_command(line);
  Answer answer{code, testing::internal::GetCapturedStdout(), ""};
  answer.err = testing::internal::GetCapturedStderr();
  return answer;
}

TEST(Front, ListsWhatCanBeNamed) {
  const std::pair<const char*, const char*> expected[] = {
      {"physics", "boussinesq                    buoyant incompressible flow"},
      {"physics", "heat_conduction               "},
      {"physics", "axisymmetric_heat_conduction  "},
      {"networks", "tanh                  hyperbolic tangent"},
      {"norms", "layer                 layer normalization"},
      {"conditioning", "layernorm             "},
      {"balancers", "grad_norm             "},
      {"optimizers", "levenberg_marquardt   "},
      {"samplers", "gauss                 "},
      {"units", "pressure, Pa\n  Pa          pascal"},
      {"units", "  atm         standard atmosphere                         = 101325 Pa\n"},
  };
  for (const auto& [what, text] : expected) {
    const Answer answer = ask("list", what);
    EXPECT_EQ(answer.code, 0) << what;
    EXPECT_NE(("\n" + answer.out).find(std::string("\n") + text), std::string::npos) << text << " in\n" << answer.out;
    EXPECT_EQ(answer.err, "");
  }
}

TEST(Front, KnowsWhichListWasMeant) {
  const Answer answer = ask("list", "unit");
  EXPECT_EQ(answer.code, 64);
  EXPECT_EQ(answer.out, "");
  EXPECT_EQ(answer.err,
            "error: there is no list of 'unit'; did you mean units?\n"
            "  lists: physics units networks norms conditioning balancers optimizers samplers\n");
}

TEST(Front, ExplainsKeys) {
  const Answer width = ask("explain", "network.width");
  EXPECT_EQ(width.code, 0);
  EXPECT_NE(width.out.find("network.width: an integer"), std::string::npos) << width.out;
  EXPECT_NE(width.out.find("default: 20"), std::string::npos) << width.out;
  const Answer all = ask("explain", "");
  EXPECT_EQ(all.code, 0);
  for (const char* section : {"physics: ", "constants: ", "criteria: ", "checkpoint: "}) {
    EXPECT_NE(all.out.find(section), std::string::npos) << section;
  }
}

TEST(Front, KnowsWhichKeyWasMeant) {
  const Answer answer = ask("explain", "network.widht");
  EXPECT_EQ(answer.code, 64);
  EXPECT_EQ(answer.err, "error: there is no key \"network.widht\"; did you mean \"network.width\"?\n");
}

TEST(Front, ChecksACase) {
  const Answer answer = ask("check", NUSSELT_SOURCE_DIR "/cases/heated_cavity", {"constants.Ra=1e3"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_NE(answer.out.find("\n  Ra      1000  "), std::string::npos) << answer.out;
  EXPECT_EQ(answer.out.substr(answer.out.size() - 14), "\ncheck passed\n");
  EXPECT_THROW(ask("check", "no/such/case"), InputError);
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
}

TEST(Front, ChecksACaseForPrograms) {
  const std::string cavity = NUSSELT_SOURCE_DIR "/cases/heated_cavity";
  const Answer good = ask("check", cavity, {"seed=3"}, true);
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(nlohmann::json::parse(good.out)["passed"], true);
  const Answer bad = ask("check", cavity, {"seed=three"}, true);
  EXPECT_EQ(bad.code, 65);
  EXPECT_EQ(bad.err, "");
  const auto error = nlohmann::json::parse(bad.out)["error"];
  EXPECT_EQ(error["file"], "command line");
  EXPECT_EQ(error["column"], 6);
  EXPECT_EQ(nlohmann::json::parse(ask("check", "no/\xff/case", {}, true).out)["passed"], false);
}

TEST(Front, PrintsTheSchemaAndTheReference) {
  EXPECT_EQ(ask("schema", "").out.substr(0, 70), case_schema().dump(2).substr(0, 70));
  EXPECT_EQ(ask("reference", "").out, reference_page());
}

TEST(Front, LeavesTrainingToTheSolver) {
  CommandLine line;
  for (const char* command : {"run", "resume", "evaluate", "audit"}) {
    line.command = command;
    EXPECT_TRUE(needs_solver(line)) << command;
  }
  for (const char* command : {"check", "list", "explain", "schema", "reference", "demo"}) {
    line.command = command;
    EXPECT_FALSE(needs_solver(line)) << command;
  }
  line.subject = "gamma";
  EXPECT_TRUE(needs_solver(line));
  line.command = "run";
  EXPECT_THROW(run_front_command(line), std::logic_error);
}

TEST(Front, ListsTheDemonstrationsAndKnowsWhichWasMeant) {
  const Answer all = ask("demo", "");
  EXPECT_EQ(all.code, 0);
  for (const Choice& demo : demo_list()) EXPECT_NE(all.out.find(demo.name + " "), std::string::npos) << demo.name;
  EXPECT_NE(all.out.find("`nusselt demo NAME` measures one"), std::string::npos);
  const Answer near = ask("demo", "gama");
  EXPECT_EQ(near.code, 64);
  EXPECT_EQ(near.err, "error: there is no demonstration \"gama\"; did you mean gamma?\n");
  EXPECT_EQ(ask("demo", "zzz").err, "error: there is no demonstration \"zzz\"; `nusselt demo` lists them\n");
}

}  // namespace
}  // namespace nusselt
