#include "solver/checkpoint.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "solver/write_atomically.hpp"
#include "tests/solver/scalar_network.hpp"
#include "tests/solver/small_training.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::message_of;

Checkpoint example(int step) {
  Checkpoint checkpoint;
  TrainerState& state = checkpoint.state;
  state.step = step;
  state.passed_in_a_row = 1;
  state.rejected_in_a_row = 2;
  state.theta = testing::wave({17}, 0.1 * step);
  state.optimizer = {{"damping", at::full({1}, 3e-7, at::kDouble)}, {"first", testing::wave({17}, 0.7).to(at::kFloat)}};
  state.conditioning = {1e-3, 1.0 / 3};
  state.balancing = {{"looked_at", at::full({1}, 4, at::kDouble)}, {"balancer.weights", testing::wave({2}, 0.4)}};
  state.iteration = 3;
  state.iterations = 53;
  state.spent = {12.5, 1.0 / 7};
  state.history = {{1, 1, {0.1, 0.2}, 0.5, 1e-2, 0.25, {}, {}, {1, 1}, {}, {}},
                   {2, 51, {0.3, 0.4}, 1.0 / 3, 0, 1, {1e-3, 2e-3}, {3e-3, 4e-3}, {0.5, 2}, {2.24}, {1e-4, 2e-4}, 1}};
  state.points = {5, 40, 2, true, false, true, false, PointSet{2, {0.25, 0.5, 1.0 / 3, 1}, {0.75, 0.25}}};
  state.events = {{4, "points drawn anew, \"said\""}, {6, "rung 1 is left"}};
  state.rung = 1;
  state.first_step = 6;
  checkpoint.identity = {"case: x # \"text\"\n",
                         "seed=2\n",
                         "/somewhere/case.yaml",
                         "cpu",
                         {{"tile", "avx2", "it serves this network"}, 3, "a step took long"},
                         "{\"run\":\"r\"}"};
  return checkpoint;
}

Checkpoint round_trip(const Checkpoint& checkpoint) {
  return checkpoint_of(parse_safetensors(checkpoint_bytes(checkpoint), "file"), "file");
}

void damage(const fs::path& file) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(-3, std::ios::end);
  stream.put('\x55');
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

TEST(Checkpoint, EverythingComesBackWithTheSameBits) {
  const Checkpoint saved = example(7);
  const Checkpoint got = round_trip(saved);
  EXPECT_EQ(got.state.step, 7);
  EXPECT_EQ(got.state.passed_in_a_row, 1);
  EXPECT_EQ(got.state.rejected_in_a_row, 2);
  EXPECT_EQ(got.state.iteration, 3);
  EXPECT_EQ(got.state.iterations, 53);
  EXPECT_EQ(got.state.spent.wall, 12.5);
  EXPECT_EQ(got.state.spent.cpu, 1.0 / 7);
  EXPECT_TRUE(at::equal(got.state.theta, saved.state.theta));
  ASSERT_EQ(got.state.optimizer.size(), 2u);
  EXPECT_TRUE(at::equal(got.state.optimizer.at("damping"), saved.state.optimizer.at("damping")));
  EXPECT_EQ(got.state.optimizer.at("first").scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(got.state.optimizer.at("first"), saved.state.optimizer.at("first")));
  EXPECT_EQ(got.state.conditioning, saved.state.conditioning);
  ASSERT_EQ(got.state.balancing.size(), 2u);
  for (const auto& [name, tensor] : saved.state.balancing) {
    EXPECT_TRUE(at::equal(got.state.balancing.at(name), tensor)) << name;
  }
  ASSERT_EQ(got.state.history.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const HistoryRow& a = got.state.history[i];
    const HistoryRow& b = saved.state.history[i];
    EXPECT_EQ(a.step, b.step);
    EXPECT_EQ(a.iterations, b.iterations);
    EXPECT_EQ(a.spent.wall, b.spent.wall);
    EXPECT_EQ(a.spent.cpu, b.spent.cpu);
    EXPECT_EQ(a.quantities, b.quantities);
    EXPECT_EQ(a.errors, b.errors);
    EXPECT_EQ(a.loss, b.loss);
    EXPECT_EQ(a.damping, b.damping);
    EXPECT_EQ(a.length, b.length);
    EXPECT_EQ(a.train_rms, b.train_rms);
    EXPECT_EQ(a.held_out_rms, b.held_out_rms);
    EXPECT_EQ(a.weights, b.weights);
    EXPECT_EQ(a.rung, b.rung);
  }
  EXPECT_EQ(got.state.points.draw, 5);
  EXPECT_EQ(got.state.points.drawn_at, 40);
  EXPECT_TRUE(got.state.points.scattered);
  EXPECT_EQ(got.state.points.doublings, 2);
  EXPECT_FALSE(got.state.points.redrawn);
  EXPECT_TRUE(got.state.points.fresh);
  EXPECT_FALSE(got.state.points.kept);
  EXPECT_EQ(got.state.points.adapted.dimensions, 2);
  EXPECT_EQ(got.state.points.adapted.x, saved.state.points.adapted.x);
  EXPECT_EQ(got.state.points.adapted.weights, saved.state.points.adapted.weights);
  ASSERT_EQ(got.state.events.size(), 2u);
  EXPECT_EQ(got.state.events[0].step, 4);
  EXPECT_EQ(got.state.events[0].text, "points drawn anew, \"said\"");
  EXPECT_EQ(got.state.rung, 1);
  EXPECT_EQ(got.state.first_step, 6);
  EXPECT_EQ(got.identity.case_text, saved.identity.case_text);
  EXPECT_EQ(got.identity.overrides, saved.identity.overrides);
  EXPECT_EQ(got.identity.case_path, saved.identity.case_path);
  EXPECT_EQ(got.identity.device, "cpu");
  EXPECT_EQ(got.identity.execution.engine.name, "tile");
  EXPECT_EQ(got.identity.execution.engine.instructions, "avx2");
  EXPECT_EQ(got.identity.execution.engine.reason, "it serves this network");
  EXPECT_EQ(got.identity.execution.threads, 3);
  EXPECT_EQ(got.identity.execution.measured, "a step took long");
  EXPECT_EQ(got.identity.origin, "{\"run\":\"r\"}");
}

TEST(Checkpoint, AStateBeforeTheFirstStepComesBack) {
  Checkpoint saved = example(0);
  saved.state.history.clear();
  saved.state.conditioning.clear();
  const Checkpoint got = round_trip(saved);
  EXPECT_TRUE(got.state.history.empty());
  EXPECT_TRUE(got.state.conditioning.empty());
}

TEST(Checkpoint, TheLastTwoAreKept) {
  const TemporaryFolder folder;
  for (int step : {1, 9, 10, 200}) save_checkpoint(folder.path(), example(step));
  EXPECT_EQ(names_in(folder.path()),
            (std::vector<std::string>{"step_0000000010.safetensors", "step_0000000200.safetensors"}));
  std::vector<std::string> warnings;
  EXPECT_EQ(load_newest_checkpoint(folder.path(), warnings).state.step, 200);
  EXPECT_TRUE(warnings.empty());
}

TEST(Checkpoint, ADamagedOneGivesWayToTheOneBeforeIt) {
  const TemporaryFolder folder;
  for (int step : {10, 20}) save_checkpoint(folder.path(), example(step));
  damage(folder.path() / "step_0000000020.safetensors");
  std::vector<std::string> warnings;
  EXPECT_EQ(load_newest_checkpoint(folder.path(), warnings).state.step, 10);
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_THAT(warnings[0], HasSubstr("step_0000000020.safetensors"));
}

TEST(Checkpoint, DamagedOnesOfLaterStepsDoNotCrowdOutGoodOnes) {
  const TemporaryFolder folder;
  for (int step : {10, 20}) save_checkpoint(folder.path(), example(step));
  fs::copy(folder.path() / "step_0000000020.safetensors", folder.path() / "step_0000000030.safetensors");
  damage(folder.path() / "step_0000000020.safetensors");
  damage(folder.path() / "step_0000000030.safetensors");
  save_checkpoint(folder.path(), example(11));
  EXPECT_EQ(names_in(folder.path()),
            (std::vector<std::string>{"step_0000000010.safetensors", "step_0000000011.safetensors"}));
}

TEST(Checkpoint, WithoutAReadableOneItSaysWhatToDo) {
  const TemporaryFolder folder;
  std::vector<std::string> warnings;
  EXPECT_EQ(message_of([&] { load_newest_checkpoint(folder.path() / "none", warnings); }),
            (folder.path() / "none").string() + " holds no readable checkpoint\n  start again with `nusselt run`");
  save_checkpoint(folder.path(), example(1));
  damage(folder.path() / "step_0000000001.safetensors");
  const std::string message = message_of([&] { load_newest_checkpoint(folder.path(), warnings); });
  EXPECT_THAT(message, AllOf(HasSubstr(folder.path().string() + " holds no readable checkpoint\n  "),
                             HasSubstr("step_0000000001.safetensors"), HasSubstr("start again with `nusselt run`")));
}

TEST(Checkpoint, ForeignFilesAreRefused) {
  Safetensors weights;
  weights.tensors.push_back(TensorData::of<double>("theta", {1}, std::vector<double>{1}));
  EXPECT_EQ(message_of([&] { checkpoint_of(weights, "w.safetensors"); }),
            "w.safetensors: this is no checkpoint of Nusselt: it lacks 'format'");
  weights.metadata["format"] = "pt";
  EXPECT_EQ(message_of([&] { checkpoint_of(weights, "w.safetensors"); }),
            "w.safetensors: this is no checkpoint of Nusselt but 'pt'");
  const TemporaryFolder folder;
  std::ofstream(folder.path() / "step_0000000003.safetensors") << "no checkpoint at all";
  std::vector<std::string> warnings;
  EXPECT_THROW(load_newest_checkpoint(folder.path(), warnings), CheckpointError);
}

TEST(Checkpoint, AnotherFormatIsRefusedWithBothVersions) {
  Safetensors file = parse_safetensors(checkpoint_bytes(example(1)), "file");
  file.metadata["format_version"] = "4";
  file.metadata["nusselt_version"] = "9.8.7";
  EXPECT_THAT(message_of([&] { checkpoint_of(file, "file"); }),
              AllOf(HasSubstr("file: format version 4 is newer than this program's 3 (nusselt "),
                    HasSubstr("use the version that wrote it: 9.8.7")));
  file.metadata["format_version"] = "1";
  EXPECT_THAT(message_of([&] { checkpoint_of(file, "file"); }),
              HasSubstr("file: format version 1 is older than this program's 3 (nusselt "));
}

TEST(Checkpoint, IncompleteOnesAreRefused) {
  const Safetensors good = parse_safetensors(checkpoint_bytes(example(1)), "file");
  Safetensors file = good;
  std::erase_if(file.tensors, [](const TensorData& t) { return t.name == "theta"; });
  EXPECT_THAT(message_of([&] { checkpoint_of(file, "file"); }), HasSubstr("theta"));
  for (TensorData& tensor : (file = good).tensors) {
    if (tensor.name == "history") tensor = TensorData::of<double>("history", {3}, std::vector<double>{1, 2, 3});
  }
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }), "file: the history ends in the middle of a row");
  for (TensorData& tensor : (file = good).tensors) {
    if (tensor.name == "counters") tensor = TensorData::of<double>("counters", {1}, std::vector<double>{1});
  }
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }), "file: the counters are incomplete");
  for (TensorData& tensor : (file = good).tensors) {
    if (tensor.name == "theta") tensor = TensorData::of<std::uint8_t>("theta", {2}, std::vector<std::uint8_t>{1, 2});
  }
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }),
            "file: the array theta has the type U8, expected F32 or F64");
  for (TensorData& tensor : (file = good).tensors) {
    if (tensor.name == "points") tensor = TensorData::of<double>("points", {1}, std::vector<double>{1});
  }
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }), "file: the state of the points is incomplete");
  for (TensorData& tensor : (file = good).tensors) {
    if (tensor.name != "points.adapted") continue;
    tensor = TensorData::of<double>("points.adapted", {3}, std::vector<double>{1, 2, 3});
  }
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }),
            "file: the adapted points and their weights do not agree");
  file = good;
  file.metadata["events"] = "[[1]]";
  EXPECT_THAT(message_of([&] { checkpoint_of(file, "file"); }), HasSubstr("file: its events cannot be read: "));
  file = good;
  file.metadata["threads"] = "many";
  EXPECT_EQ(message_of([&] { checkpoint_of(file, "file"); }),
            "file: this is no checkpoint of Nusselt: its 'threads' is 'many', not a number");
}

}  // namespace
}  // namespace nusselt
