#include "solver/commands.hpp"

#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "solver/audit.hpp"
#include "solver/bench.hpp"
#include "solver/case/csv.hpp"
#include "solver/climb.hpp"
#include "solver/demo.hpp"
#include "solver/device.hpp"
#include "solver/execution.hpp"
#include "solver/folder_lock.hpp"
#include "solver/full_runs.hpp"
#include "solver/interruption.hpp"
#include "solver/origin.hpp"
#include "solver/progress.hpp"
#include "solver/run_files.hpp"
#include "solver/run_folder.hpp"
#include "solver/run_report.hpp"
#include "solver/study.hpp"
#include "solver/time_windows.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Refuses before training what would fail after it.
void prepare_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder / checkpoints_folder, error);
  if (error)
    throw OutputError("cannot make the output folder " + folder.string() + ": " + error.message(), error.value());
  constexpr std::size_t room = 1 << 20;
  probe_writable(folder, room);
}

/// Removes what the run that stood here before left: a resume must not find its checkpoints, nor a reader its verdict.
void clear_folder(const fs::path& folder) {
  remove_checkpoints(folder / checkpoints_folder);
  for (const char* file :
       {"report.json", "report.html", "result.h5", "fields.pvd", "history.csv", "history.jsonl", "diagnostics.csv"}) {
    fs::remove(folder / file);
  }
  std::vector<fs::path> moments;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("fields_") && name.ends_with(".vti")) moments.push_back(entry.path());
  }
  for (const fs::path& file : moments) fs::remove(file);
}

/// Results are written where nothing stands, or over an earlier run when that is said; never over somebody's folder.
void require_free(const fs::path& folder, bool overwrite) {
  if (!fs::exists(folder) || fs::is_empty(folder)) return;
  if (!overwrite) {
    throw OutputError("the output folder " + folder.string() +
                          " is not empty; choose another with --output, or say --overwrite, or `nusselt resume " +
                          folder.string() + "`",
                      EEXIST);
  }
  if (fs::exists(folder / "run.lock")) return;
  throw OutputError("the output folder " + folder.string() +
                        " holds files but no run of nusselt; --overwrite replaces "
                        "runs only. Choose another folder with --output",
                    EEXIST);
}

std::string reason_of(Outcome outcome, const Case& c, const Evaluation& evaluation) {
  switch (outcome) {
    case Outcome::converged:
      return "all criteria hold on two evaluations in a row";
    case Outcome::diverged:
      return "the loss is not finite; the last finite state is kept";
    case Outcome::interrupted:
      return "stopped on request";
    case Outcome::stalled:
      return "no step lowers the loss any more";
    case Outcome::out_of_time:
      return "the " + to_string(c.settings.optimizer.time) + " s of optimizer.time are used up" +
             (evaluation.passed() ? ", the criteria hold on the last evaluation only" : "");
    case Outcome::out_of_steps:
      return "the " + std::to_string(c.settings.optimizer.steps) + " steps are used up" +
             (evaluation.passed() ? ", the criteria hold on the last evaluation only" : "");
  }
  throw std::logic_error("unknown outcome");
}

/// Trains from the trainer's state to an end, and writes everything the run leaves behind.
int train(const Case& whole, std::vector<Rung>& ladder, std::unique_ptr<Trainer> trainer, const RunIdentity& identity,
          const fs::path& folder) {
  watch_for_interruption();
  Progress progress(*trainer, ladder.size());
  double saved_at = 0;
  const auto save = [&](const Trainer& now) {
    save_checkpoint(folder / checkpoints_folder, {now.state(), identity});
    saved_at = progress.seconds();
  };
  // From here on whatever happens can be resumed, and what cannot be stored is found before training.
  if (trainer->step() == 0) save(*trainer);
  const Outcome outcome = climb(ladder, trainer, [&](const Trainer& now) {
    progress.show(now);
    if (progress.seconds() - saved_at >= now.the_case().settings.checkpoint_every) save(now);
    return !interruption_requested();
  });
  progress.finish();
  if (outcome != Outcome::diverged) save(*trainer);

  const bool windows = trainer->the_case().window.has_value();
  const Case& c = windows ? whole : trainer->the_case();
  const Solution solution = windows ? joined(c, ladder, trainer->solved()) : Solution(c, trainer->theta());
  const Judge judge(c);
  RunReport report;
  report.case_name = c.name;
  report.evaluation = outcome == Outcome::interrupted ? trainer->evaluate() : *trainer->evaluation();
  report.status = status_of(outcome, report.evaluation);
  report.reason = reason_of(outcome, c, report.evaluation);
  if (trainer->rung() + 1 < static_cast<int>(ladder.size())) {
    const auto rung = static_cast<std::size_t>(trainer->rung());
    report.reason += (windows ? "; in window " : "; on rung ") + std::to_string(rung + 1) + " of " +
                     std::to_string(ladder.size()) + ", " + ladder[rung].name;
  }
  report.seed = c.settings.seed;
  report.device = identity.device;
  report.execution = identity.execution;
  report.precision = c.settings.precision;
  report.parameters = trainer->problem().network().parameter_count();
  report.steps = trainer->step();
  report.iterations = trainer->iterations();
  report.spent = trainer->spent();
  report.optimizer = c.settings.optimizer.name;
  report.optimizer_reason = c.settings.optimizer.reason;
  report.groups = c.groups.all();
  report.quantities = judge.quantities(solution);
  report.errors = judge.errors(solution);
  report.events = trainer->events();
  report.origin = identity.origin;
  const nlohmann::json json = to_json(report);
  if (outcome == Outcome::interrupted) {
    write_report(folder, json);
    std::cout << "interrupted after step " << trainer->step() << "; go on with\n  nusselt resume " << folder.string()
              << "\n";
    return exit_code_of(json);
  }
  write_run_files(folder, c, solution, trainer->history(), trainer->diagnostics(), json,
                  provenance(identity.device, identity.execution));
  std::cout << "\n" << verdict_text(json, folder.string());
  return exit_code_of(json);
}

int run(const CommandLine& line) {
  const Case c = read_case(line.subject, line.overrides);
  std::cout << describe(c) << "\n";
  std::vector<Rung> ladder = read_ladder(c);
  std::optional<Origin> origin;
  if (!c.settings.continue_from.empty()) origin = read_origin(c);
  const std::string device = resolve_device(c.settings.device);
  const torch::TensorOptions options = tensor_options(device, c.settings.precision);
  const Problem problem(c, options);
  const fs::path folder = line.output.empty() ? stamped_folder(c.name) : fs::path(line.output);
  require_free(folder, line.overwrite);
  prepare_folder(folder);
  const FolderLock lock(folder);
  if (line.overwrite) clear_folder(folder);
  sweep_temporaries(folder / checkpoints_folder);
  const Execution execution = choose_execution(c, problem);
  for (Rung& rung : ladder) settle(execution, rung.the_case.settings);
  auto trainer = std::make_unique<Trainer>(ladder.front().the_case, options);
  std::cout << trainer->problem().network().parameter_count() << " parameters, " << c.settings.optimizer.name << " ("
            << c.settings.optimizer.reason << ") on " << device << " with " << threads_text(execution.threads)
            << "; residuals are RMS on training|held-out points\n"
            << text_of(execution.engine) << ": " << execution.engine.reason
            << (execution.measured.empty() ? "" : "; " + execution.measured) << "\n";
  if (origin) {
    trainer->start_from(origin->theta);
    std::cout << "starting from the weights of " << c.settings.continue_from << " after its step "
              << origin->record["step"] << "\n";
  }
  return train(c, ladder, std::move(trainer),
               {c.document.text(), joined_lines(line.overrides), fs::absolute(line.subject).string(), device, execution,
                origin ? origin->record.dump() : ""},
               folder);
}

void require_parameters(const Checkpoint& checkpoint, const Network& network) {
  if (checkpoint.state.theta.numel() == network.parameter_count()) return;
  throw CheckpointError("the checkpoint holds " + std::to_string(checkpoint.state.theta.numel()) +
                        " parameters, the network of its case has " + std::to_string(network.parameter_count()));
}

int resume(const CommandLine& line) {
  const fs::path folder(line.subject);
  if (!fs::is_directory(folder)) throw CheckpointError(folder.string() + " is no folder of a run");
  if (!fs::is_directory(folder / checkpoints_folder)) {
    throw CheckpointError(folder.string() + " is no folder of a run: it has no folder " + checkpoints_folder);
  }
  const FolderLock lock(folder);
  sweep_temporaries(folder / checkpoints_folder);
  const Checkpoint checkpoint = newest_checkpoint(line.subject);
  RunIdentity identity = checkpoint.identity;
  const Case c = case_of_run(identity);
  const std::string device = resolve_device(identity.device);
  std::string warning;
  identity.execution = resumed_execution(identity.execution, available_instruction_sets(), warning);
  if (!warning.empty()) std::cerr << "warning: " << warning << "\n";
  std::vector<Rung> ladder = read_ladder(c);
  for (Rung& rung : ladder) settle(identity.execution, rung.the_case.settings);
  use_threads(identity.execution.threads);
  auto trainer = std::make_unique<Trainer>(rung_of(checkpoint, ladder), tensor_options(device, c.settings.precision));
  require_parameters(checkpoint, trainer->problem().network());
  trainer->restore(checkpoint.state);
  std::cout << "resumed from step " << trainer->step() << " of " << c.name << " on " << device << " with "
            << threads_text(identity.execution.threads) << "; " << text_of(identity.execution.engine) << "\n";
  return train(c, ladder, std::move(trainer), identity, folder);
}

/// The value of an input that `--constant Ra=3e4` gives, or that where scales are taken.
double given_value(const CommandLine& line, const Case& c, const Constant& input) {
  for (const std::string& given : line.constants) {
    if (given.substr(0, given.find('=')) != input.name) continue;
    Node node;
    node.text = given.substr(given.find('=') + 1);
    node.place = place_at("--constant " + given, "", 0);
    return c.constants.value_of(node, "--constant " + input.name, input.dimension);
  }
  return input.si;
}

std::vector<double> member_coordinates(const Case& c, const std::map<std::string, double>& member) {
  try {
    return c.constants.input_coordinates(member);
  } catch (const std::out_of_range& error) {
    throw InputError(c.document.root().place, error.what());
  }
}

void require_inputs(const CommandLine& line, const Case& c) {
  for (const std::string& given : line.constants) {
    const std::string name = given.substr(0, given.find('='));
    const Constant* constant = c.constants.find(name);
    if (constant != nullptr && constant->input && given.find('=') != std::string::npos) continue;
    std::string known;
    for (const Constant* input : c.constants.inputs()) known += (known.empty() ? "" : ", ") + input->name;
    throw InputError(
        c.document.root().place, "--constant " + given + ": " + name + " is no input of this network",
        known.empty() ? "this case has none" : "its inputs are " + known + ", as in --constant NAME=VALUE");
  }
}

int evaluate_fields(const CommandLine& line) {
  const Checkpoint checkpoint = newest_checkpoint(line.subject);
  const Case whole = case_of_run(checkpoint.identity);
  std::vector<Rung> ladder = read_ladder(whole);
  const Case& rung = rung_of(checkpoint, ladder);
  const Case& c = rung.window ? whole : rung;
  require_inputs(line, c);
  use_threads(resolve_threads(0));
  const Solution solution =
      rung.window ? joined(c, ladder, solved_windows(checkpoint)) : Solution(c, checkpoint.state.theta);
  const CsvTable table = CsvTable::read(line.points);
  std::vector<std::vector<double>> coordinates;
  std::vector<CsvColumn> columns;
  for (Axis axis : c.box.active_axes()) {
    const Dimension& dimension = c.system.coordinate(axis).dimension();
    coordinates.push_back(table.in_si(axis_names[axis], dimension));
    columns.push_back({axis_names[axis], dimension.unit(), coordinates.back(), {}});
    std::size_t outside = 0;
    const double slack = 1e-9 * (c.box.upper[axis] - c.box.lower[axis]);
    for (double x : coordinates.back()) {
      outside += x < c.box.lower[axis] - slack || x > c.box.upper[axis] + slack ? 1 : 0;
    }
    if (outside > 0) {
      throw InputError(place_at(line.points, "", 0), std::to_string(outside) + " of " + std::to_string(table.rows()) +
                                                         " points lie outside the domain along " + axis_names[axis] +
                                                         ": [" + to_string(c.box.lower[axis]) + ", " +
                                                         to_string(c.box.upper[axis]) + "] " + dimension.unit());
    }
  }
  Points points = solution.points_at(coordinates);
  for (std::size_t i = 0; i < c.constants.inputs().size(); ++i) {
    const Constant& input = *c.constants.inputs()[i];
    const std::vector<double> si = table.has(input.name)
                                       ? table.in_si(input.name, input.dimension)
                                       : std::vector<double>(table.rows(), given_value(line, c, input));
    columns.push_back({input.name, input.dimension.unit(), si, {}});
    std::vector<double> coordinate;
    for (const double value : si) coordinate.push_back(member_coordinates(c, {{input.name, value}})[i]);
    points.x.select(1, c.box.dimensions() + static_cast<std::int64_t>(i)).copy_(at::tensor(coordinate, at::kDouble));
  }
  const auto add = [&](const std::string& name, const Dimension& dimension, const torch::Tensor& values) {
    const torch::Tensor column = values.contiguous();
    columns.push_back(
        {name, dimension.unit(), {column.data_ptr<double>(), column.data_ptr<double>() + column.numel()}, {}});
  };
  const torch::Tensor fields = solution.fields(points).cpu();
  for (std::size_t f = 0; f < c.system.fields().size(); ++f) {
    const System::Field& field = c.system.fields()[f];
    add(field.name, field.symbol.dimension(), fields.select(1, static_cast<std::int64_t>(f)));
  }
  for (const DerivedField& output : c.outputs) {
    const torch::Tensor values = solution.values(output.value.parts, points).cpu();
    const std::vector<Axis> space = space_axes(c.box.axes);
    for (std::int64_t i = 0; i < values.size(1); ++i) {
      const std::string name = output.value.is_scalar() ? output.name : output.name + "_" + axis_names[space[i]];
      add(name, output.value.dimension(), values.select(1, i));
    }
  }
  for (const Constant* constant : c.constants.sought()) {
    columns.push_back({constant->name,
                       constant->dimension.unit(),
                       std::vector<double>(table.rows(), solution.constant(constant->name)),
                       {}});
  }
  const std::string csv = csv_bytes(columns);
  if (line.output.empty()) {
    std::cout << csv << std::flush;
    if (!std::cout) throw OutputError("the fields could not be written to the terminal or pipe", EIO);
  } else {
    write_atomically(line.output, csv);
  }
  return 0;
}

}  // namespace

int run_solver_command(const CommandLine& line) {
  if (line.command == "run") return run(line);
  if (line.command == "resume") return resume(line);
  if (line.command == "evaluate") return evaluate_fields(line);
  if (line.command == "study") return study(line);
  if (line.command == "ladder") return full_runs(line);
  if (line.command == "bench") return bench(line);
  if (line.command == "demo") return demo(line);
  if (line.command == "audit") return audit(line);
  throw std::logic_error("the solver does not know the command " + line.command);
}

}  // namespace nusselt
