#include "solver/case/command_line.hpp"

#include <CLI/CLI.hpp>
#include <iostream>
#include <stdexcept>
#include <utility>

#include "nondim/did_you_mean.hpp"
#include "solver/case/exit_code.hpp"
#include "solver/case/input_error.hpp"
#include "solver/case/workload.hpp"

namespace nusselt {

namespace {

const char* const closing = R"(
Examples
  nusselt run cases/heated_cavity                          solve; results go to results/heated_cavity/<time>/
  nusselt run cases/heated_cavity constants.Ra=1e5 seed=2  change any key of the case from the command line
  nusselt check cases/heated_cavity                        what is understood: scales, groups, dimensionless equations
  nusselt resume results/heated_cavity/<time>              go on after an interruption, bit for bit
  nusselt evaluate RUN --at points.csv                     fields at points; first line `x [m],y [mm]`
  nusselt evaluate RUN --at points.csv --constant Ra=3e4   of that member of a family; or a column Ra
  nusselt study cases/heated_cavity --vary scaling=si,auto the same case under several settings, side by side
  nusselt audit cases/heated_cavity                        are its derivatives, its gradient and its norm right?
  nusselt ladder                                           every case in full, one table against its bounds
  nusselt demo                                             claims about normalization, each with its table
  nusselt bench                                            how fast this machine trains, beside its measured peak
  nusselt explain network.width                            what a key means

Exit codes
  0 converged and checked    10 not converged   11 diverged      12 converged but a check failed
  64 usage   65 wrong case or data   69 no such device   70 internal error   71 out of memory   73 output folder
  74 disk    75 interrupted, with a checkpoint           76 checkpoint refused   130 second Ctrl-C
)";

const char* const bench_closing = R"(
What is measured
  First the limits of this machine: multiply-adds per second between registers, and bytes per second from memory. Then
  one step, the loss with its full gradient, of 2-D flow (ns) and buoyant flow with heat (nst), for networks of 4x64,
  5x100 and 6x512, in fp32 and fp64. No file is needed; it takes less than two minutes on two cores.

Columns
  us/point, points/s, ms/step   wall clock, median over repetitions
  GFLOP/s, of peak              matrix products only, and their part of the measured peak of as many threads
  memory                        growth of the resident set from the first point drawn to the last step
  nested                        us/point of nested torch::autograd::grad: the same points, weights and threads
  ratio                         how many times faster this is
  A row counts only when both agree in loss and gradient, to 1e-5 in fp32 and 1e-11 in fp64.

  On a GPU a step is the replay of a CUDA graph, the mean of 20; the limits stay those of the processor, so there is no
  "of peak", and memory, which is the processor's, is left out.
  With --only gauss_newton instead: one damped Gauss-Newton step of ns 4x64 fp64 at 1024 points, part by part, wall
  clock and processor time of all threads; it counts when the step solves its equations to 1e-9.

Examples
  nusselt bench --only ns,4x64 --threads 1
  nusselt bench --only gauss_newton
  nusselt bench --only 4x64,fp32 --million
  nusselt bench --json bench.json
  NUSSELT_ISA=avx2 nusselt bench                           one of portable, avx2, avx512

Exit codes: 0 measured and agreed   12 a result is wrong   64 usage   69 no such device
)";

const char* const study_closing = R"(
What is done
  The case is run under every combination of the varied keys, with one thread each and as many runs at a time as there
  are processors; every run is an ordinary one in a folder of its own below DIR, with its report. Started again with the
  same words, a study skips what is done and goes on with what was interrupted; with more values it adds the new runs.

What it writes into DIR
  study.html   table and error-against-time curves        study.csv    one row for each run
  study.json   runs, and medians with quartiles            log/         what each run printed

Examples
  nusselt study cases/heated_cavity --vary scaling=si,auto --seeds 3
  nusselt study cases/heated_cavity --vary optimizer.name=hybrid,adam --vary network.width=12,20 optimizer.time=30
  nusselt study cases/heated_cavity --vary "ladder.Ra=[1e3],[1e3, 1e4]" constants.Ra=1e5

Exit codes: 0 every run came to an end, whatever its verdict   12 a run broke down   64 usage   65 wrong case
            73 output folder   75 interrupted: the same words go on
)";

const char* const ladder_closing = R"(
What is done
  cases/ladder.yaml lists the full runs of the cases in the order in which they teach: which case, and with which keys.
  Each is an ordinary run in a folder of its own below DIR, with one thread unless the case says otherwise; what it
  prints goes to DIR/log. A run that fails stands in the table as a failure and stops nothing.

  With the same DIR the ladder goes on: a run that ended is kept, one that was stopped (Ctrl-C) continues from its
  checkpoint; a run whose case file, data files, keys or version of Nusselt have changed begins anew. So the ladder can
  be started early, and again when cases were added. Naming cases runs only those; others that ended keep
  their rows.

The table: DIR/ladder.md, ladder.csv, ladder.json, written anew after every run
  time, parameters, verdict, largest imbalance, and each number that the case bounds (quantities.*.bound,
  reference.bound) with its error, its bound and whether that is met; and the machine.

Examples
  nusselt ladder                                   everything, one run after the other
  nusselt ladder --output results/ladder/monday    the same; these words again go on where they stopped
  nusselt ladder --jobs 2                          two runs at a time
  nusselt ladder lid_driven_cavity fin             the runs of two cases
  nusselt ladder lid_driven_cavity,Re=400 seed=2   one run, with another seed
  nusselt ladder --strict                          and every bound must be met

Exit codes: 0 every run came to an end, whatever its verdict, and the table is written   12 a run broke down, or with
            --strict a bound is not met   64 usage   65 wrong list   73 output folder   75 interrupted: the same words
            with the same --output go on
)";

const char* const audit_closing = R"(
What is checked
  pointwise     a point evaluated alone and among others gives the same fields (1e-10 of the largest)
  derivatives   every channel of the network's jets against differences of its values, with the order of the error
  gradient      the gradient of the loss in the parameters against differences of the loss
  invariances   what the network's own norm is blind to: shift and scale of its input, scale of the weights before it
  coupling      how much the fields at a point follow the coordinates of its neighbours

  Of a case the weights are those that training starts with; of a run those of its newest checkpoint.

With --what-if
  Every balancing of residuals is asked for its weights at this very state, and for each the change of every unweighted
  residual under one small step along the weighted gradient is predicted, -eta g_i . d; it is checked against the step
  itself.

Examples
  nusselt audit cases/heated_cavity network.norm=layer
  nusselt audit results/heated_cavity/<time>
  nusselt audit results/heated_cavity/<time> --what-if

Exit codes: 0 all checks passed   12 one did not   65 wrong case   76 checkpoint refused
)";

std::string known_workloads(const std::string& only) {
  if (only == gauss_newton_word) return "";
  try {
    chosen_workloads(only);
    return "";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

/// `seed=2`; a name of a full run holds "=" only after a comma, `lid_driven_cavity,Re=400`.
bool is_override(const std::string& word) { return word.find('=') < word.find(','); }

void refuse_command(const std::string& word, CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::string near = did_you_mean(word, names);
  std::cerr << "error: there is no command " << quote(word) << (near.empty() ? "" : "; did you mean " + near + "?")
            << "\n  commands:";
  for (const std::string& name : names) std::cerr << " " << name;
  std::cerr << "\n";
}

}  // namespace

ParsedCommandLine parse_command_line(int argc, const char* const* argv, const std::string& version_text) {
  CommandLine line;
  CLI::App app("Nusselt solves thermo-fluid cases, stated in physical units, with physics-informed neural networks.",
               "nusselt");
  app.set_version_flag("--version", version_text, "Versions of the program and its libraries");
  app.footer(closing);
  app.require_subcommand(1);

  CLI::App* run = app.add_subcommand("run", "Train a case, write fields, figures and a report, and judge the result");
  run->add_option("case", line.subject, "Folder of the case, or its case.yaml")->required();
  run->add_option("overrides", line.overrides, "Keys of the case to change: constants.Ra=1e5 seed=2");
  run->add_option("--output", line.output, "Folder for the results; default results/<case>/<time>");
  run->add_flag("--overwrite", line.overwrite, "Write into an output folder that is not empty");

  CLI::App* check = app.add_subcommand("check", "Read a case, prove its dimensions, print what is understood");
  check->add_option("case", line.subject, "Folder of the case, or its case.yaml")->required();
  check->add_option("overrides", line.overrides, "Keys of the case to change");
  check->add_flag("--json", line.json, "One JSON object with everything the text says, also of a refused case");

  CLI::App* resume = app.add_subcommand("resume", "Continue an interrupted run from its last checkpoint");
  resume->add_option("run", line.subject, "Folder of the run")->required();

  CLI::App* evaluate = app.add_subcommand("evaluate", "Fields of a run at any points");
  evaluate->add_option("run", line.subject, "Folder of the run")->required();
  evaluate->add_option("--at", line.points, "CSV with the points, units in the header: x [m],y [mm]")->required();
  evaluate->add_option("--constant", line.constants, "Which member of a family: an input and its value, Ra=3e4");
  evaluate->add_option("--output", line.output, "CSV to write; default is the terminal");

  CLI::App* study = app.add_subcommand("study", "The same case under several settings, side by side");
  study->footer(study_closing);
  study->add_option("case", line.subject, "Folder of the case, or its case.yaml")->required();
  study->add_option("overrides", line.overrides, "Keys of the case to change in every run");
  study->add_option("--vary", line.study.vary, "A key and its values: KEY=a,b,c; several make a grid")
      ->type_name("KEY=a,b,c")
      ->allow_extra_args(false);
  study->add_option("--seeds", line.study.seeds, "Runs of each setting, with seeds from the case's seed on; default 1")
      ->check(CLI::Range(1, 1000));
  study->add_option("--jobs", line.study.jobs, "Runs at a time; default one per processor that a run leaves free")
      ->check(CLI::Range(1, 4096));
  study->add_option("--output", line.output, "Folder for the study; default results/<case>/study");

  CLI::App* ladder = app.add_subcommand("ladder", "Every case in full, one table of time, error and verdict");
  ladder->footer(ladder_closing);
  ladder->add_option("cases", line.ladder.chosen,
                     "Cases or single runs by name, default all; and keys to change in all");
  ladder->add_option("--output", line.output,
                     "Folder of the ladder; default results/ladder/<time>. One that exists goes on");
  ladder->add_option("--jobs", line.ladder.jobs, "Runs at a time; default 1")->check(CLI::Range(1, 4096));
  ladder->add_option("--from", line.ladder.list, "List of full runs; default cases/ladder.yaml");
  ladder->add_flag("--strict", line.ladder.strict, "Exit code 12 unless every bound is met");

  CLI::App* audit =
      app.add_subcommand("audit", "Whether a network's derivatives, gradient and norm are what they claim");
  audit->footer(audit_closing);
  audit->add_option("what", line.subject, "Folder of a run, folder of a case, or its case.yaml")->required();
  audit->add_option("overrides", line.overrides, "Keys of the case to change; of a run nothing can be changed");
  audit->add_flag("--what-if", line.what_if, "What every balancing would do next with this state");

  CLI::App* demo = app.add_subcommand("demo", "A claim about normalization, measured; without a name, all there are");
  demo->add_option("name", line.subject, "Name of the demonstration");

  CLI::App* bench = app.add_subcommand("bench", "How fast this machine trains: against its own limits and autograd");
  bench->footer(bench_closing);
  bench->add_option("--only", line.bench.only, "Rows to measure: ns,4x64,fp32 (words of one kind are alternatives)")
      ->check(known_workloads);
  bench->add_option("--device", line.bench.device, "cpu, or cuda for a GPU; default cpu")
      ->check(CLI::IsMember({"cpu", "cuda"}));
  bench->add_option("--threads", line.bench.threads, "Threads; default one per processor")->check(CLI::Range(1, 4096));
  bench->add_option("--points", line.bench.points, "Points of every row; default 8192, 4096 and 1024 by size")
      ->check(CLI::Range(1, 100000000));
  bench->add_flag("--million", line.bench.million, "One more row: a million points of ns,4x64,fp32, and its memory");
  bench->add_option("--json", line.bench.json, "Write all figures as JSON, to FILE or to standard output")
      ->type_name("[FILE]")
      ->expected(0, 1)
      ->default_str("-");
  bench->add_option("--export", line.bench.export_folder, "Folder for weights and points of every row (safetensors)");

  CLI::App* explain = app.add_subcommand("explain", "What a key or a section of the case file means");
  explain->add_option("key", line.subject, "Path such as network.width; without one, all sections");

  CLI::App* list = app.add_subcommand("list", "What can be named in a case");
  list->add_option("what", line.subject,
                   "physics, networks, norms, conditioning, balancers, optimizers, samplers or units")
      ->required();
  list->add_option("word", line.word, "Of units: only of this quantity, viscosity, or what this unit measures, psi");

  app.add_subcommand("schema", "JSON Schema of the case file, by which an editor completes and underlines");
  app.add_subcommand("reference", "All keys of the case file as a page of Markdown");

  ParsedCommandLine parsed;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.get_subcommands().empty() && argc > 1 && argv[1][0] != '-') {
      refuse_command(argv[1], app);
      parsed.exit_code = exit_codes::usage;
      return parsed;
    }
    parsed.exit_code = app.exit(error) == 0 ? 0 : exit_codes::usage;
    return parsed;
  }
  if (line.bench.only == gauss_newton_word && line.bench.device != "cpu") {
    std::cerr << "error: --only " << gauss_newton_word << " is measured on the processor; leave --device out\n";
    parsed.exit_code = exit_codes::usage;
    return parsed;
  }
  line.command = app.get_subcommands().front()->get_name();
  for (const std::string& word : std::exchange(line.ladder.chosen, {})) {
    (is_override(word) ? line.overrides : line.ladder.chosen).push_back(word);
  }
  parsed.command_line = line;
  return parsed;
}

}  // namespace nusselt
