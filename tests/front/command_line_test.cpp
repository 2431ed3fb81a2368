#include "solver/case/command_line.hpp"

#include <gtest/gtest.h>

namespace nusselt {
namespace {

struct Answer {
  ParsedCommandLine parsed;
  std::string out, err;
};

Answer parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "nusselt");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  Answer answer{parse_command_line(static_cast<int>(arguments.size()), arguments.data(), "nusselt 1.2.3"), "", ""};
  answer.out = testing::internal::GetCapturedStdout();
  answer.err = testing::internal::GetCapturedStderr();
  return answer;
}

CommandLine line(const std::vector<const char*>& arguments) {
  const Answer answer = parse(arguments);
  EXPECT_TRUE(answer.parsed.command_line) << answer.err;
  EXPECT_EQ(answer.out + answer.err, "");
  return answer.parsed.command_line.value_or(CommandLine{});
}

TEST(CommandLine, Run) {
  const CommandLine plain = line({"run", "cases/a"});
  EXPECT_EQ(plain.command, "run");
  EXPECT_EQ(plain.subject, "cases/a");
  EXPECT_TRUE(plain.overrides.empty());
  EXPECT_EQ(plain.output, "");
  EXPECT_FALSE(plain.overwrite);
  const CommandLine full =
      line({"run", "cases/a", "constants.Ra=1e5", "seed=2", "--output", "results/here", "--overwrite"});
  EXPECT_EQ(full.subject, "cases/a");
  EXPECT_EQ(full.overrides, (std::vector<std::string>{"constants.Ra=1e5", "seed=2"}));
  EXPECT_EQ(full.output, "results/here");
  EXPECT_TRUE(full.overwrite);
  EXPECT_EQ(line({"run", "--output=out", "a", "seed=2"}).overrides, std::vector<std::string>{"seed=2"});
}

TEST(CommandLine, Check) {
  const CommandLine check = line({"check", "cases/a", "seed=3"});
  EXPECT_EQ(check.command, "check");
  EXPECT_EQ(check.subject, "cases/a");
  EXPECT_EQ(check.overrides, std::vector<std::string>{"seed=3"});
}

TEST(CommandLine, Resume) {
  const CommandLine resume = line({"resume", "results/a/1"});
  EXPECT_EQ(resume.command, "resume");
  EXPECT_EQ(resume.subject, "results/a/1");
}

TEST(CommandLine, Audit) {
  const CommandLine audit = line({"audit", "cases/a", "network.norm=layer", "--what-if"});
  EXPECT_EQ(audit.command, "audit");
  EXPECT_EQ(audit.subject, "cases/a");
  EXPECT_EQ(audit.overrides, std::vector<std::string>{"network.norm=layer"});
  EXPECT_TRUE(audit.what_if);
  EXPECT_FALSE(line({"audit", "results/a/1"}).what_if);
}

TEST(CommandLine, Demo) {
  EXPECT_EQ(line({"demo"}).subject, "");
  EXPECT_EQ(line({"demo", "gamma"}).subject, "gamma");
}

TEST(CommandLine, Evaluate) {
  const CommandLine evaluate = line({"evaluate", "results/a/1", "--at", "points.csv", "--output", "values.csv"});
  EXPECT_EQ(evaluate.command, "evaluate");
  EXPECT_EQ(evaluate.subject, "results/a/1");
  EXPECT_EQ(evaluate.points, "points.csv");
  EXPECT_EQ(evaluate.output, "values.csv");
}

TEST(CommandLine, Bench) {
  const CommandLine plain = line({"bench"});
  EXPECT_EQ(plain.command, "bench");
  EXPECT_EQ(plain.bench.only, "");
  EXPECT_EQ(plain.bench.device, "cpu");
  EXPECT_EQ(plain.bench.threads, 0);
  EXPECT_EQ(plain.bench.points, 0);
  EXPECT_FALSE(plain.bench.million);
  EXPECT_EQ(plain.bench.json, "");
  EXPECT_EQ(plain.bench.export_folder, "");
  const CommandLine full = line({"bench", "--only", "ns,4x64", "--threads", "2", "--points", "100", "--million",
                                 "--json", "out.json", "--export", "work"});
  EXPECT_EQ(full.bench.only, "ns,4x64");
  EXPECT_EQ(full.bench.threads, 2);
  EXPECT_EQ(full.bench.points, 100);
  EXPECT_TRUE(full.bench.million);
  EXPECT_EQ(full.bench.json, "out.json");
  EXPECT_EQ(full.bench.export_folder, "work");
  EXPECT_EQ(line({"bench", "--device", "cuda"}).bench.device, "cuda");
  EXPECT_EQ(line({"bench", "--json"}).bench.json, "-");
  EXPECT_EQ(line({"bench", "--json", "--million"}).bench.json, "-");
  EXPECT_EQ(line({"bench", "--only", "gauss_newton"}).bench.only, "gauss_newton");
  const std::string help = parse({"bench", "--help"}).out;
  for (const char* word :
       {"--only", "of peak", "nested", "NUSSELT_ISA", "1e-11 in fp64", "nusselt bench --json", "--only gauss_newton"}) {
    EXPECT_NE(help.find(word), std::string::npos) << word;
  }
}

TEST(CommandLine, StudyTakesOneKeyWithEachVary) {
  const CommandLine study =
      line({"study", "cases/bar", "--vary", "scaling=si,auto", "a=1", "--vary", "b=2,3", "c=4", "--seeds", "3"});
  EXPECT_EQ(study.command, "study");
  EXPECT_EQ(study.subject, "cases/bar");
  EXPECT_EQ(study.study.vary, (std::vector<std::string>{"scaling=si,auto", "b=2,3"}));
  EXPECT_EQ(study.overrides, (std::vector<std::string>{"a=1", "c=4"}));
  EXPECT_EQ(study.study.seeds, 3);
}

TEST(CommandLine, LadderTellsRunsFromKeys) {
  const CommandLine plain = line({"ladder"});
  EXPECT_EQ(plain.command, "ladder");
  EXPECT_EQ(plain.ladder.list, "cases/ladder.yaml");
  EXPECT_EQ(plain.ladder.jobs, 1);
  EXPECT_FALSE(plain.ladder.strict);
  EXPECT_EQ(plain.output, "");
  const CommandLine full = line({"ladder", "fin", "seed=2", "cavity,Re=400", "ladder.Ra=[1e3, 1e4]", "--jobs", "2",
                                 "--strict", "--output", "out", "--from", "list.yaml"});
  EXPECT_EQ(full.ladder.chosen, (std::vector<std::string>{"fin", "cavity,Re=400"}));
  EXPECT_EQ(full.overrides, (std::vector<std::string>{"seed=2", "ladder.Ra=[1e3, 1e4]"}));
  EXPECT_EQ(full.ladder.jobs, 2);
  EXPECT_TRUE(full.ladder.strict);
  EXPECT_EQ(full.output, "out");
  EXPECT_EQ(full.ladder.list, "list.yaml");
  const Answer help = parse({"ladder", "--help"});
  EXPECT_EQ(help.parsed.exit_code, 0);
  EXPECT_NE(help.out.find("a run that ended is kept, one that was stopped (Ctrl-C) continues"), std::string::npos);
}

TEST(CommandLine, ExplainAndList) {
  EXPECT_EQ(line({"explain", "network.width"}).subject, "network.width");
  EXPECT_EQ(line({"explain"}).subject, "");
  EXPECT_EQ(line({"list", "physics"}).command, "list");
  EXPECT_EQ(line({"list", "physics"}).subject, "physics");
}

TEST(CommandLine, HelpAndVersionAreNoMistakes) {
  const Answer version = parse({"--version"});
  EXPECT_FALSE(version.parsed.command_line);
  EXPECT_EQ(version.parsed.exit_code, 0);
  EXPECT_EQ(version.out, "nusselt 1.2.3\n");
  const Answer help = parse({"--help"});
  EXPECT_FALSE(help.parsed.command_line);
  EXPECT_EQ(help.parsed.exit_code, 0);
  for (const char* word :
       {"run", "check", "resume", "evaluate", "bench", "explain", "list", "Exit codes", "nusselt run cases/"}) {
    EXPECT_NE(help.out.find(word), std::string::npos) << word;
  }
  EXPECT_NE(parse({"run", "--help"}).out.find("--overwrite"), std::string::npos);
}

TEST(CommandLine, MistakesExitWith64AndSayWhat) {
  const auto said = [](const std::vector<const char*>& arguments, const std::string& word) {
    const Answer answer = parse(arguments);
    EXPECT_FALSE(answer.parsed.command_line) << word;
    EXPECT_EQ(answer.parsed.exit_code, 64) << word;
    EXPECT_NE(answer.err.find(word), std::string::npos) << answer.err;
  };
  said({}, "A subcommand is required");
  said({"rnu", "cases/a"}, "error: there is no command \"rnu\"; did you mean run?\n  commands: run check resume ");
  said({"cases/a"}, "there is no command \"cases/a\"\n  commands: run ");
  said({"run"}, "case is required");
  said({"run", "cases/a", "--outptu", "b"}, "--outptu");
  said({"run", "cases/a", "--output"}, "--output");
  said({"check"}, "case is required");
  said({"resume"}, "run is required");
  said({"resume", "a", "seed=2"}, "seed=2");
  said({"evaluate", "results/a"}, "--at is required");
  said({"list"}, "what is required");
  said({"bench", "--only", "ns,4x46"},
       "nothing in the table is called \"4x46\"; did you mean 4x64? The words are ns nst 4x64 5x100 6x512 fp32 fp64, "
       "joined by commas: ns,4x64,fp32; or gauss_newton alone");
  said({"bench", "--threads", "0"}, "--threads: Value 0 not in range 1 to 4096");
  said({"bench", "--points", "many"}, "--points: Value many not in range 1 to 100000000");
  said({"bench", "cases/heated_cavity"}, "cases/heated_cavity");
  said({"bench", "--only", "gauss_newton", "--device", "cuda"},
       "error: --only gauss_newton is measured on the processor; leave --device out");
}

}  // namespace
}  // namespace nusselt
