// The program as a user has it: started by its front end, in a folder of its own, and judged by what it leaves behind.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vtkDataArray.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkSmartPointer.h>
#include <vtkStringArray.h>
#include <vtkXMLDataElement.h>
#include <vtkXMLImageDataReader.h>
#include <vtkXMLUtilities.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <sstream>
#include <thread>

#include "solver/case/csv.hpp"
#include "solver/checkpoint.hpp"
#include "solver/device.hpp"
#include "solver/folder_lock.hpp"
#include "solver/sha256.hpp"
#include "solver/trainer.hpp"
#include "tests/solver/small_training.hpp"
#include "tests/solver/started_program.hpp"

namespace nusselt {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

Checkpoint newest(const fs::path& run) {
  std::vector<std::string> warnings;
  return load_newest_checkpoint(run / "checkpoints", warnings);
}

/// The history of a run, without its seconds.
nlohmann::json without_times(const fs::path& run) {
  std::istringstream lines(content(run / "history.jsonl"));
  nlohmann::json rows = nlohmann::json::array();
  for (std::string line; std::getline(lines, line);) {
    nlohmann::json row = nlohmann::json::parse(line);
    row.erase("wall_seconds");
    row.erase("cpu_seconds");
    rows.push_back(row);
  }
  return rows;
}

/// One reduced run of cases/heated_cavity, made once for all tests that read what it left.
class ReducedRun : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    home_ = new TemporaryFolder;
    run_ = new Ended(ended(home_->path(), run_of(cavity_folder(), "out", reduced)));
  }
  static void TearDownTestSuite() {
    delete run_;
    delete home_;
    run_ = nullptr;
    home_ = nullptr;
  }
  static fs::path out() { return home_->path() / "out"; }
  static nlohmann::json report() { return nlohmann::json::parse(content(out() / "report.json")); }

  static TemporaryFolder* home_;
  static Ended* run_;
};
TemporaryFolder* ReducedRun::home_ = nullptr;
Ended* ReducedRun::run_ = nullptr;

/// The text of an attribute of an HDF5 file, of either kind that a writer may choose.
std::string text_attribute(hid_t file, const char* object, const char* name) {
  char* text = nullptr;
  const hid_t held = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
  if (held < 0) return std::string("missing");
  const hid_t type = H5Aget_type(held);
  std::string value;
  if (H5Tis_variable_str(type) > 0) {
    H5Aread(held, type, &text);
    value = text;
    H5free_memory(text);
  } else {
    value.resize(H5Tget_size(type));
    H5Aread(held, type, value.data());
    value.resize(std::strlen(value.c_str()));
  }
  H5Tclose(type);
  H5Aclose(held);
  return value;
}

TEST(UnsteadyRun, LaysTimeOutAsTheLastAxis) {
  const TemporaryFolder home;
  std::vector<std::string> few = reduced;
  few.push_back("output.grid=[7, 4]");
  const Ended run = ended(home.path(), run_of(NUSSELT_SOURCE_DIR "/cases/burgers", "out", few));
  EXPECT_EQ(run.exit_code, 10) << run.err;
  EXPECT_THAT(run.out, AllOf(HasSubstr("imbalance of momentum"), HasSubstr("u = -sin(3.14159*x) + ")));
  for (const char* file : {"figures/u.png", "figures/residual_momentum_x.png"}) {
    EXPECT_TRUE(fs::exists(home.path() / "out" / file)) << file;
  }
  EXPECT_FALSE(fs::exists(home.path() / "out/figures/speed.png"));
  const hid_t file = H5Fopen((home.path() / "out/result.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  std::array<hsize_t, 2> shape{};
  ASSERT_GE(H5LTget_dataset_info(file, "/fields/u", shape.data(), nullptr, nullptr), 0);
  EXPECT_EQ(shape, (std::array<hsize_t, 2>{4, 7}));
  std::vector<double> t(4), u(28);
  ASSERT_GE(H5LTread_dataset_double(file, "/coordinates/t", t.data()), 0);
  EXPECT_NEAR(t[3], 0.3125, 1e-15);
  EXPECT_EQ(text_attribute(file, "/coordinates/t", "units"), "s");
  EXPECT_EQ(text_attribute(file, "/coordinates/x", "units"), "m");
  // The first row is the initial state, the first column a wall.
  ASSERT_GE(H5LTread_dataset_double(file, "/fields/u", u.data()), 0);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_NEAR(u[i], -0.8 * std::sin(3.141592653589793 * (static_cast<double>(i) / 3 - 1)), 1e-14);
  }
  for (std::size_t j = 0; j < 4; ++j) EXPECT_NEAR(u[7 * j], 0, 1e-15);
  H5Fclose(file);
}

TEST_F(ReducedRun, SaysWhatItUnderstoodAndWhatCameOut) {
  EXPECT_EQ(run_->exit_code, 10) << run_->err;
  EXPECT_EQ(run_->err, "");
  EXPECT_THAT(run_->out,
              AllOf(HasSubstr("Ra"), HasSubstr("momentum_y"),
                    HasSubstr("parameters, levenberg_marquardt (named in the case) on "
                              "cpu with 1 thread;"),
                    HasSubstr("tile engine ("), HasSubstr("): it serves this network\n"),
                    HasSubstr("[====================] 3/3  loss "), HasSubstr("damping"),
                    HasSubstr("STATUS  not_converged  (exit 10): the 3 steps are used up\n"),
                    HasSubstr("  FAILED  residual of continuity"),
                    testing::ContainsRegex("\n  residual of continuity +[0-9.e-]+ = [0-9.e-]+ s-1\n"),
                    HasSubstr("This field is not a solution."), HasSubstr("  Nu_hot"), HasSubstr("reference 2.2448"),
                    HasSubstr("imbalance of energy"), HasSubstr("Results in out\n")));
}

TEST_F(ReducedRun, LeavesEveryFile) {
  for (const char* file :
       {"report.json", "report.html", "result.h5", "fields.pvd", "fields_0000.vti", "history.csv", "history.jsonl",
        "figures/errors.png", "figures/T.png", "figures/p.png", "figures/speed.png", "figures/residual_energy.png",
        "figures/history.png", "checkpoints/step_0000000003.safetensors"}) {
    EXPECT_GT(fs::exists(out() / file) ? fs::file_size(out() / file) : 0, 100u) << file;
  }
  for (const auto& entry : fs::recursive_directory_iterator(out())) {
    EXPECT_NE(entry.path().extension(), ".tmp") << entry.path();
  }
}

TEST_F(ReducedRun, TheReportHasItsKeys) {
  const nlohmann::json r = report();
  EXPECT_EQ(r["case"], "heated_cavity");
  EXPECT_EQ(r["status"], "not_converged");
  EXPECT_EQ(r["exit_code"], run_->exit_code);
  EXPECT_EQ(r["seed"], 1);
  EXPECT_EQ(r["device"], "cpu");
  EXPECT_EQ(r["threads"], 1);
  EXPECT_EQ(r["engine"]["name"], "tile");
  EXPECT_EQ(r["engine"]["instructions"], name_of(best_instruction_set()));
  EXPECT_EQ(r["engine"]["threads"], 1);
  EXPECT_EQ(r["engine"]["reason"], "it serves this network");
  EXPECT_EQ(r["engine"]["measured"], "");
  EXPECT_EQ(r["precision"], "float64");
  EXPECT_EQ(r["parameters"], 2 * 8 + 8 + 8 * 8 + 8 + 8 * 4 + 4);
  EXPECT_GT(r["wall_seconds"], 0);
  EXPECT_GT(r["cpu_seconds"], 0);
  EXPECT_NEAR(r["groups"]["Ra"], 1e4, 1e-7);
  EXPECT_NEAR(r["groups"]["Pr"], 0.71, 1e-18);
  const auto has = [](const nlohmann::json& list, std::size_t size, const std::vector<std::string>& keys) {
    ASSERT_EQ(list.size(), size);
    for (const nlohmann::json& entry : list) {
      for (const std::string& key : keys) EXPECT_TRUE(entry.contains(key)) << key;
    }
  };
  has(r["residuals"], 6, {"name", "region", "rms", "max", "train_rms", "scale", "unit"});
  has(r["balances"], 2, {"name", "relative"});
  has(r["criteria"], 18, {"name", "value", "limit", "passed"});
  has(r["quantities"], 4, {"name", "value", "unit", "reference", "relative_error", "source"});
  has(r["errors"], 4, {"field", "relative_l2", "max_abs", "unit", "reference"});
}

TEST_F(ReducedRun, Hdf5HoldsTheSameNumbersAsTheVtkFile) {
  const hid_t file = H5Fopen((out() / "result.h5").c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  ASSERT_GE(file, 0);
  const auto attribute = [&](const char* object, const char* name) { return text_attribute(file, object, name); };
  EXPECT_EQ(attribute("/", "status"), "not_converged");
  EXPECT_NE(attribute("/", "nusselt_version"), "missing");
  EXPECT_EQ(attribute("/fields/T", "units"), "K");
  EXPECT_EQ(attribute("/fields/u", "units"), "m s-1");
  EXPECT_EQ(attribute("/coordinates/x", "units"), "m");
  EXPECT_EQ(attribute("/network", "activation"), "tanh");
  for (const char* path : {"/case/text", "/case/resolved", "/history/loss", "/network/layer0.weight", "/report"}) {
    EXPECT_GT(H5LTpath_valid(file, path, 1), 0) << path;
  }
  std::vector<double> from_hdf5(11 * 11);
  ASSERT_GE(H5LTread_dataset_double(file, "/fields/T", from_hdf5.data()), 0);
  H5Fclose(file);

  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName((out() / "fields_0000.vti").c_str());
  reader->Update();
  vtkImageData* image = reader->GetOutput();
  ASSERT_EQ(image->GetNumberOfPoints(), 121);
  vtkDataArray* temperature = image->GetPointData()->GetArray("T [K]");
  ASSERT_NE(temperature, nullptr);
  for (int i = 0; i < 121; ++i) ASSERT_EQ(temperature->GetTuple1(i), from_hdf5[static_cast<std::size_t>(i)]);
  EXPECT_NEAR(temperature->GetTuple1(0), 305, 1e-9);
  EXPECT_NEAR(temperature->GetTuple1(10), 295, 1e-9);
  for (const char* name : {"u [m s-1]", "v [m s-1]", "residual energy [1]"}) {
    EXPECT_NE(image->GetPointData()->GetArray(name), nullptr) << name;
  }
  vtkDataArray* velocity = image->GetPointData()->GetArray("velocity [m s-1]");
  ASSERT_NE(velocity, nullptr);
  EXPECT_EQ(velocity->GetNumberOfComponents(), 3);
  auto* status = vtkStringArray::SafeDownCast(image->GetFieldData()->GetAbstractArray("status"));
  ASSERT_NE(status, nullptr);
  EXPECT_EQ(status->GetValue(0), "not_converged");
  EXPECT_THAT(content(out() / "fields.pvd"), HasSubstr("fields_0000.vti"));
}

TEST_F(ReducedRun, TheReportPageIsXml) {
  const std::string html = content(out() / "report.html");
  EXPECT_NE(vtkSmartPointer<vtkXMLDataElement>::Take(vtkXMLUtilities::ReadElementFromString(html.c_str())), nullptr);
  EXPECT_THAT(html, AllOf(HasSubstr("not_converged"), HasSubstr("These fields are not a solution."),
                          HasSubstr("data:image/png;base64,")));
}

TEST_F(ReducedRun, TheHistoryHasARowPerStep) {
  const std::string csv = content(out() / "history.csv");
  EXPECT_THAT(csv,
              ::testing::StartsWith("step,iterations,wall [s],cpu [s],loss,damping,length,rung,training continuity,"
                                    "held-out continuity,weight "));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 4);  // with the header
  std::istringstream lines(content(out() / "history.jsonl"));
  int step = 0;
  nlohmann::json row;
  for (std::string line; std::getline(lines, line);) {
    const double before = row.is_null() ? 0 : row["wall_seconds"].get<double>();
    row = nlohmann::json::parse(line);
    EXPECT_EQ(row["step"], ++step);
    EXPECT_GT(row["wall_seconds"], before);
  }
  // The last row was evaluated: what the report says stands there too.
  EXPECT_EQ(row["quantities"]["Nu_hot"], report()["quantities"][0]["value"]);
  for (const nlohmann::json& error : report()["errors"]) {
    EXPECT_EQ(row["errors"][error["field"].get<std::string>()], error["relative_l2"]);
  }
  EXPECT_EQ(row["errors"].size(), report()["errors"].size());
  EXPECT_THAT(csv, AllOf(HasSubstr(",quantity Nu_hot,"), HasSubstr(",error of velocity\n")));
  EXPECT_EQ(step, 3);
}

TEST_F(ReducedRun, EvaluateGivesTheGridValuesAtPointsInMillimetres) {
  vtkNew<vtkXMLImageDataReader> reader;
  reader->SetFileName((out() / "fields_0000.vti").c_str());
  reader->Update();
  vtkImageData* image = reader->GetOutput();
  std::ofstream points(home_->path() / "points.csv");
  points << "x [mm],y [mm]\n";
  points.precision(17);
  const std::vector<int> wanted = {0, 16, 60, 85, 120};
  for (int i : wanted) {
    points << 1000 * image->GetPoint(i)[0] << "," << 1000 * image->GetPoint(i)[1] << "\n";
  }
  points.close();
  const Ended printed = ended(home_->path(), {"evaluate", "out", "--at", "points.csv"});
  ASSERT_EQ(printed.exit_code, 0) << printed.err;
  const Ended written = ended(home_->path(), {"evaluate", "out", "--at", "points.csv", "--output", "values.csv"});
  ASSERT_EQ(written.exit_code, 0) << written.err;
  EXPECT_EQ(content(home_->path() / "values.csv"), printed.out);
  EXPECT_THAT(printed.out, ::testing::StartsWith("x [m],y [m],"));
  const CsvTable table = CsvTable::read((home_->path() / "values.csv").string());
  const std::vector<double> temperature = table.in_si("T", dimension_of<Temperature>());
  const std::vector<double> u = table.in_si("u", dimension_of<Velocity>());
  ASSERT_EQ(temperature.size(), wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_NEAR(temperature[i], image->GetPointData()->GetArray("T [K]")->GetTuple1(wanted[i]), 1e-9);
    EXPECT_NEAR(u[i], image->GetPointData()->GetArray("u [m s-1]")->GetTuple1(wanted[i]), 1e-12);
  }
}

TEST_F(ReducedRun, EvaluateSaysWhenItsOutputIsLost) {
  std::ofstream(home_->path() / "one.csv") << "x [mm],y [mm]\n1,1\n";
  // Quoted: the checkout may stand in a folder with a blank in its name.
  const std::string command = "'" NUSSELT_EXECUTABLE "' evaluate '" + out().string() + "' --at '" +
                              (home_->path() / "one.csv").string() + "' > /dev/full 2> /dev/null";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 74);
}

TEST_F(ReducedRun, EvaluateRefusesPointsOutside) {
  std::ofstream(home_->path() / "outside.csv") << "x [mm],y [mm]\n1,1\n1000,1\n-1,2\n";
  const Ended refused = ended(home_->path(), {"evaluate", "out", "--at", "outside.csv"});
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_EQ(refused.out, "");
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("outside.csv"), HasSubstr("2 of 3 points lie outside the domain along x: [0, ")));
}

TEST_F(ReducedRun, AnotherRunContinuesFromItsWeights) {
  std::vector<std::string> more = reduced;
  more.insert(more.end(), {"continue_from=out", "constants.Ra=2e4"});
  const Ended warm = ended(home_->path(), run_of(cavity_folder(), "warm", more));
  EXPECT_EQ(warm.exit_code, 10) << warm.err;
  EXPECT_THAT(warm.out, HasSubstr("starting from the weights of out after its step 3\n"));
  const auto check = [&] {
    const nlohmann::json r = nlohmann::json::parse(content(home_->path() / "warm" / "report.json"));
    const torch::Tensor theta = newest(out()).state.theta;
    const std::string_view bytes(static_cast<const char*>(theta.data_ptr()), theta.nbytes());
    EXPECT_EQ(r["continued_from"]["run"], "out");
    EXPECT_EQ(r["continued_from"]["step"], 3);
    EXPECT_EQ(r["continued_from"]["weights_sha256"], sha256(bytes));
    EXPECT_EQ(r["continued_from"]["constants"]["Ra"], 1e4);
    EXPECT_NEAR(r["groups"]["Ra"], 2e4, 1e-7);
  };
  check();
  EXPECT_THAT(content(home_->path() / "warm" / "report.html"),
              HasSubstr("Training started from the weights of out after its step 3 (SHA-256 "));
  const std::vector<HistoryRow> history = newest(home_->path() / "warm").state.history;
  ASSERT_EQ(history.size(), 3u);
  EXPECT_LE(history[0].damping, 1e-3);
  // A resumed run knows it still, also when the run it came from is gone.
  fs::remove(home_->path() / "warm" / "report.json");
  fs::rename(out(), home_->path() / "elsewhere");
  EXPECT_EQ(ended(home_->path(), {"resume", "warm"}).exit_code, 10);
  fs::rename(home_->path() / "elsewhere", out());
  check();
  EXPECT_EQ(report()["continued_from"], nullptr);
  EXPECT_EQ(report()["events"], nlohmann::json::array());
}

TEST_F(ReducedRun, WeightsOfAnotherShapeAreRefusedWithBothShapes) {
  std::vector<std::string> more = reduced;
  more.insert(more.end(), {"continue_from=out", "network.width=9"});
  const Ended refused = ended(home_->path(), run_of(cavity_folder(), "none", more));
  EXPECT_EQ(refused.exit_code, 65);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("command line"), HasSubstr("error: continue_from: the weights of out do not fit"),
                    HasSubstr("its network has 2 layers of 8, tanh, norm none, from x y to u v p T;"),
                    HasSubstr("this case's has 2 layers of 9, tanh, norm none, from x y to u v p T")));
  EXPECT_FALSE(fs::exists(home_->path() / "none"));
  more.push_back("continue_from=nowhere");
  const Ended nowhere = ended(home_->path(), run_of(cavity_folder(), "none", more));
  EXPECT_EQ(nowhere.exit_code, 65);
  EXPECT_THAT(nowhere.err,
              AllOf(HasSubstr("continue_from: \"nowhere\" is no folder of a run: it has no folder checkpoints"),
                    HasSubstr("give the folder that a run printed last, relative to where you are")));
}

TEST_F(ReducedRun, ALadderIsToldInProgressHistoryAndReport) {
  std::vector<std::string> more = reduced;
  more.insert(more.end(), {"ladder.Ra=[1e3, 3e3]", "ladder.steps=2"});
  const Ended run = ended(home_->path(), run_of(cavity_folder(), "climbed", more));
  EXPECT_EQ(run.exit_code, 10) << run.err;
  EXPECT_THAT(run.out,
              AllOf(HasSubstr("  2  Ra = 3000, at most 2 steps, until residuals are below 0.003\n"),
                    HasSubstr("rung 1/3  2/2  loss "), HasSubstr("rung 3/3  3/3  loss "),
                    HasSubstr("note: after step 4: rung 2 of 3 (Ra = 3000) is left: its steps are used up, its "
                              "criteria do not hold; on to Ra = 10000\n")));
  const fs::path folder = home_->path() / "climbed";
  std::istringstream lines(content(folder / "history.jsonl"));
  std::vector<int> rungs;
  for (std::string line; std::getline(lines, line);) rungs.push_back(nlohmann::json::parse(line)["rung"]);
  EXPECT_EQ(rungs, (std::vector<int>{1, 1, 2, 2, 3, 3, 3}));
  const nlohmann::json r = nlohmann::json::parse(content(folder / "report.json"));
  EXPECT_EQ(r["steps"], 7);
  EXPECT_NEAR(r["groups"]["Ra"], 1e4, 1e-7);
  ASSERT_EQ(r["events"].size(), 2u);
  EXPECT_EQ(r["events"][1]["step"], 4);
  EXPECT_THAT(content(folder / "report.html"), HasSubstr("rung 2 of 3 (Ra = 3000) is left"));
}

TEST_F(ReducedRun, ResumeOfAnEndedRunEndsAsItDid) {
  const fs::path copy = home_->path() / "copy";
  fs::copy(out(), copy, fs::copy_options::recursive);
  fs::remove(copy / "report.json");  // as if killed before the results were written
  const Ended again = ended(home_->path(), {"resume", "copy"});
  EXPECT_EQ(again.exit_code, 10) << again.err;
  EXPECT_THAT(again.out, HasSubstr("resumed from step 3 of heated_cavity on cpu with 1 thread; tile engine ("));
  nlohmann::json r = nlohmann::json::parse(content(copy / "report.json"));
  EXPECT_EQ(r["criteria"], report()["criteria"]);
  EXPECT_EQ(r["quantities"], report()["quantities"]);
  EXPECT_TRUE(at::equal(newest(copy).state.theta, newest(out()).state.theta));
}

TEST_F(ReducedRun, AFolderInUseByResultsIsRefused) {
  const Ended refused = ended(home_->path(), run_of(cavity_folder(), "out", reduced));
  EXPECT_EQ(refused.exit_code, 73);
  EXPECT_THAT(refused.err, HasSubstr("error: the output folder out is not empty; choose another with --output, or say "
                                     "--overwrite, or `nusselt resume out`"));
}

TEST(Commands, OverwriteClearsWhatStoodThereButNotUnderARunningProgram) {
  const TemporaryFolder home;
  const fs::path out = home.path() / "out";
  fs::create_directories(out / "checkpoints");
  std::ofstream(out / "checkpoints" / "step_0000000900.safetensors") << "of another run";
  std::ofstream(out / "report.json") << "of another run";
  std::ofstream(out / "notes.txt") << "mine";
  std::vector<std::string> arguments = run_of(cavity_folder(), "out", reduced);
  arguments.push_back("--overwrite");
  {
    const FolderLock held(out);
    const Ended refused = ended(home.path(), arguments);
    EXPECT_EQ(refused.exit_code, 73);
    EXPECT_THAT(refused.err, HasSubstr("is in use by process"));
    EXPECT_TRUE(fs::exists(out / "checkpoints" / "step_0000000900.safetensors"));
    EXPECT_TRUE(fs::exists(out / "report.json"));
  }
  Started run(home.path(), arguments);
  const Ended over = run.wait();
  EXPECT_EQ(over.exit_code, 10) << over.err;
  EXPECT_FALSE(fs::exists(out / "checkpoints" / "step_0000000900.safetensors"));
  EXPECT_EQ(nlohmann::json::parse(content(out / "report.json"))["case"], "heated_cavity");
  EXPECT_EQ(content(out / "notes.txt"), "mine");
}

TEST(Commands, OverwriteLeavesAFolderThatIsNoRunAlone) {
  const TemporaryFolder home;
  fs::create_directories(home.path() / "thesis" / "figures");
  std::ofstream(home.path() / "thesis" / "figures" / "thesis.pdf") << "years of work";
  std::vector<std::string> arguments = run_of(cavity_folder(), "thesis", reduced);
  arguments.push_back("--overwrite");
  const Ended refused = ended(home.path(), arguments);
  EXPECT_EQ(refused.exit_code, 73);
  EXPECT_THAT(refused.err, HasSubstr("holds files but no run of nusselt; --overwrite replaces runs only"));
  EXPECT_EQ(content(home.path() / "thesis" / "figures" / "thesis.pdf"), "years of work");
}

/// Waits until the run has written a checkpoint of at least `step`.
void wait_for_step(const fs::path& run, int step) {
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::string> warnings;
    try {
      if (load_newest_checkpoint(run / "checkpoints", warnings).state.step >= step) return;
    } catch (const CheckpointError&) {
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  FAIL() << "no checkpoint of step " << step;
}

const std::vector<std::string> long_run = {"optimizer.steps=60",
                                           "optimizer.name=levenberg_marquardt",
                                           "network.depth=2",
                                           "network.width=8",
                                           "points.interior=64",
                                           "points.boundary=8",
                                           "points.held_out=64",
                                           "points.sampling=sobol",
                                           "points.redraw=7",
                                           "conditioning.name=layernorm",
                                           "checkpoint.every=1e-6",
                                           "output.grid=5",
                                           "threads=1"};

TEST(Commands, ARunKilledAtAnyMomentEndsWithTheSameBits) {
  const TemporaryFolder home;
  const Ended unbroken = ended(home.path(), run_of(cavity_folder(), "unbroken", long_run));
  ASSERT_EQ(unbroken.exit_code, 10) << unbroken.err;

  std::random_device seed;
  const unsigned delay = seed() % 50;
  SCOPED_TRACE("killed " + std::to_string(delay) + " ms after the first checkpoint");
  const Started killed(home.path(), run_of(cavity_folder(), "killed", long_run));
  wait_for_step(home.path() / "killed", 1);
  std::this_thread::sleep_for(std::chrono::milliseconds(delay));
  killed.send(SIGKILL);
  EXPECT_EQ(killed.wait().exit_code, -SIGKILL);
  ASSERT_LT(newest(home.path() / "killed").state.step, 60);

  const Ended resumed = ended(home.path(), {"resume", "killed"});
  EXPECT_EQ(resumed.exit_code, 10) << resumed.err;
  const TrainerState a = newest(home.path() / "unbroken").state;
  const TrainerState b = newest(home.path() / "killed").state;
  EXPECT_EQ(a.step, 60);
  EXPECT_EQ(b.step, 60);
  EXPECT_TRUE(at::equal(a.theta, b.theta));
  EXPECT_EQ(without_times(home.path() / "unbroken"), without_times(home.path() / "killed"));
}

TEST(Commands, ARunKilledBeforeItsFirstDueCheckpointCanBeResumed) {
  const TemporaryFolder home;
  std::vector<std::string> rare = long_run;
  rare.push_back("checkpoint.every=86400");
  const Started killed(home.path(), run_of(cavity_folder(), "killed", rare));
  wait_for_step(home.path() / "killed", 0);
  killed.send(SIGKILL);
  killed.wait();
  const Ended resumed = ended(home.path(), {"resume", "killed"});
  EXPECT_EQ(resumed.exit_code, 10) << resumed.err;
  EXPECT_THAT(resumed.out, HasSubstr("resumed from step"));
}

TEST(Commands, CtrlCLeavesACheckpointAndSaysHowToGoOn) {
  const TemporaryFolder home;
  std::vector<std::string> endless = long_run;
  endless.front() = "optimizer.steps=100000";
  const Started run(home.path(), run_of(cavity_folder(), "out", endless));
  wait_for_step(home.path() / "out", 1);
  run.send(SIGINT);
  const Ended stopped = run.wait();
  EXPECT_EQ(stopped.exit_code, 75);
  EXPECT_THAT(stopped.err, HasSubstr("stopping after this step with a checkpoint; press Ctrl-C again to stop now"));
  const int step = newest(home.path() / "out").state.step;
  EXPECT_THAT(stopped.out,
              HasSubstr("interrupted after step " + std::to_string(step) + "; go on with\n  nusselt resume out\n"));
  const auto report = nlohmann::json::parse(content(home.path() / "out" / "report.json"));
  EXPECT_EQ(report["status"], "interrupted");
  EXPECT_EQ(report["exit_code"], 75);
  EXPECT_EQ(report["steps"], step);
  EXPECT_FALSE(report["criteria"].empty());
}

TEST(Commands, AutoSaysWhichOptimizerAndWhyAndATimeLimitSaysThatItStopped) {
  const TemporaryFolder home;
  std::vector<std::string> limited = reduced;
  limited.front() = "optimizer.time=1e-6";
  limited.push_back("optimizer.name=auto");
  const Ended run = ended(home.path(), run_of(cavity_folder(), "out", limited));
  EXPECT_EQ(run.exit_code, 10) << run.err;
  const std::string reason = "auto: 132 parameters in float64 are few enough for a dense matrix";
  EXPECT_THAT(run.out, AllOf(HasSubstr("132 parameters, hybrid (" + reason + ") on cpu with 1 thread;"),
                             HasSubstr("Optimizer\n  hybrid (" + reason + ")\n"),
                             HasSubstr("(exit 10): the 1e-06 s of optimizer.time are used up\n")));
  const auto report = nlohmann::json::parse(content(home.path() / "out" / "report.json"));
  EXPECT_EQ(report["optimizer"]["name"], "hybrid");
  EXPECT_EQ(report["optimizer"]["reason"], reason);
  EXPECT_EQ(report["iterations"], 1);
}

TEST(Commands, ResumeNeedsARun) {
  const TemporaryFolder home;
  const Ended nowhere = ended(home.path(), {"resume", "nowhere"});
  EXPECT_EQ(nowhere.exit_code, 76);
  EXPECT_EQ(nowhere.err, "error: nowhere is no folder of a run\n");
  fs::create_directories(home.path() / "empty");
  const Ended empty = ended(home.path(), {"resume", "empty"});
  EXPECT_EQ(empty.exit_code, 76);
  EXPECT_EQ(empty.err, "error: empty is no folder of a run: it has no folder checkpoints\n");
  EXPECT_TRUE(fs::is_empty(home.path() / "empty"));
  fs::create_directories(home.path() / "early" / "checkpoints");
  const Ended early = ended(home.path(), {"resume", "early"});
  EXPECT_EQ(early.exit_code, 76);
  EXPECT_EQ(early.err, "error: early/checkpoints holds no readable checkpoint\n  start again with `nusselt run`\n");
}

bool has_gpu() { return resolve_device("auto") == "cuda"; }

TEST(Device, AGpuThatIsNotThereIsAnErrorAndNeverASilentRunOnTheProcessor) {
  if (has_gpu()) GTEST_SKIP() << "this machine has a GPU";
  const TemporaryFolder home;
  std::vector<std::string> arguments = reduced;
  arguments.push_back("device=cuda");
  const Ended refused = ended(home.path(), run_of(cavity_folder(), "out", arguments));
  EXPECT_EQ(refused.exit_code, 69);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("error: no CUDA device: this LibTorch "), HasSubstr("Use device=cpu")));
  EXPECT_FALSE(fs::exists(home.path() / "out"));
  const Ended bench = ended(home.path(), {"bench", "--device", "cuda"});
  EXPECT_EQ(bench.exit_code, 69);
  EXPECT_THAT(bench.err, HasSubstr("error: no CUDA device: this LibTorch "));
}

TEST(Device, TheProcessorIsAlwaysThere) {
  EXPECT_EQ(resolve_device("cpu"), "cpu");
  EXPECT_EQ(resolve_device("auto"), has_gpu() ? "cuda" : "cpu");
  EXPECT_EQ(resolve_threads(3), 3);
  EXPECT_GE(resolve_threads(0), 1);
  EXPECT_EQ(tensor_options("cpu", "float32").dtype(), at::kFloat);
  EXPECT_EQ(tensor_options("cpu", "float64").dtype(), at::kDouble);
}

TEST(Device, AGpuGivesTheSameFirstSteps) {
  if (!has_gpu()) GTEST_SKIP() << "needs a GPU: none answers on this machine";
  const Case c = tiny_cavity({"optimizer.steps=5"});
  Trainer cpu(c, tensor_options("cpu", "float64"));
  Trainer gpu(c, tensor_options("cuda", "float64"));
  for (Trainer* trainer : {&cpu, &gpu}) trainer->run([](const Trainer&) { return true; });
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(gpu.history()[i].loss, cpu.history()[i].loss, 1e-6 * cpu.history()[i].loss);
  }
}

}  // namespace
}  // namespace nusselt
