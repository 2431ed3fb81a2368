#include "solver/bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <functional>
#include <iostream>
#include <nlohmann/json.hpp>

#include "solver/case/exit_code.hpp"
#include "solver/device.hpp"
#include "solver/execution.hpp"
#include "solver/gauss_newton_bench.hpp"
#include "solver/least_squares.hpp"
#include "solver/nested_autograd.hpp"
#include "solver/progress.hpp"
#include "solver/resident_memory.hpp"
#include "solver/run_files.hpp"
#include "solver/safetensors.hpp"
#include "solver/step_graph.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr double megabyte = 1e6;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Repetitions {
  int least;
  int most;
  int uncounted = 1;  // memory is found, pages are touched, threads are started
};
constexpr Repetitions of_ours = {5, 200};
constexpr Repetitions of_nested = {2, 20};
constexpr Repetitions of_nested_in_chunks = {1, 1, 0};  // long enough, and the first of many chunks
constexpr double usual_patience = 1;                    // s for one timing, beyond its least repetitions

Timing repeat(const Repetitions& repetitions, double patience, const std::function<void()>& step) {
  for (int i = 0; i < repetitions.uncounted; ++i) step();
  std::vector<double> seconds;
  const auto start = Clock::now();
  while (static_cast<int>(seconds.size()) < repetitions.least ||
         (static_cast<int>(seconds.size()) < repetitions.most && seconds_since(start) < patience)) {
    const auto begin = Clock::now();
    step();
    seconds.push_back(seconds_since(begin));
  }
  std::sort(seconds.begin(), seconds.end());
  const std::size_t half = seconds.size() / 2;
  const double median = seconds.size() % 2 == 1 ? seconds[half] : 0.5 * (seconds[half - 1] + seconds[half]);
  return {median, seconds.front(), static_cast<int>(seconds.size())};
}

/// As training does it on a GPU: replayed without waiting, and read back after some steps.
Timing time_replays(const LeastSquares& objective, const torch::Tensor& theta, double patience,
                    LossAndGradient& result) {
  constexpr int steps = 20;
  torch::Tensor loss = at::zeros({}, theta.options().dtype(at::kDouble));
  torch::Tensor gradient = at::zeros_like(theta);
  StepGraph graph(
      [&] {
        loss.zero_();
        gradient.zero_();
        objective.add_gradient(theta, loss, gradient);
      },
      theta.device());
  Timing timing = repeat(of_ours, patience, [&] {
    graph.run(steps);
    result.loss = loss.item<double>();
  });
  if (!graph.refusal().empty()) std::cerr << "note: not replayed as a CUDA graph: " << graph.refusal() << "\n";
  timing.median /= steps;
  timing.best /= steps;
  result.gradient = gradient;
  return timing;
}

TensorData tensor_data(const std::string& name, const torch::Tensor& tensor) {
  const torch::Tensor values = tensor.contiguous().cpu();
  const std::vector<std::int64_t> shape = values.sizes().vec();
  const auto count = static_cast<std::size_t>(values.numel());
  if (values.scalar_type() == at::kFloat) {
    return TensorData::of<float>(name, shape, {values.data_ptr<float>(), count});
  }
  return TensorData::of<double>(name, shape, {values.data_ptr<double>(), count});
}

/// What another program needs to do the same work; returns the name of the file.
std::string export_to(const fs::path& folder, const Workload& workload, const Network& network,
                      const torch::Tensor& theta, const torch::Tensor& x) {
  Safetensors content;
  for (const ParameterSlice& slice : network.slices()) {
    content.tensors.push_back(tensor_data(slice.name, theta.narrow(0, slice.offset, slice.size()).view(slice.shape)));
  }
  content.tensors.push_back(tensor_data("x", x));
  std::string name = workload.name() + " " + std::to_string(workload.points) + ".safetensors";
  std::replace(name.begin(), name.end(), ' ', '_');
  const fs::path file = folder / name;
  write_atomically(file, safetensors_bytes(content));
  return fs::absolute(file).string();
}

nlohmann::json megabytes(const std::optional<double>& bytes) {
  return bytes ? nlohmann::json(*bytes / megabyte) : nlohmann::json(nullptr);
}

/// Three figures, without an exponent.
std::string figures(double value) { return fmt::format("{:.{}f}", value, value < 10 ? 2 : value < 100 ? 1 : 0); }

}  // namespace

Case case_of(const Workload& workload) {
  Case c = read_case(Document(workload.name(), case_text(workload)), ".");
  c.soft_conditions.clear();  // the work is the equations inside
  return c;
}

// A difference that is not a number is no agreement.
bool Agreement::holds() const { return loss <= limit && gradient <= limit; }

Agreement agreement_of(const LossAndGradient& ours, const LossAndGradient& reference, const std::string& precision) {
  const torch::Tensor expected = reference.gradient.to(at::kDouble);
  return {std::abs(ours.loss - reference.loss) / std::abs(reference.loss),
          ((ours.gradient.to(at::kDouble) - expected).norm() / expected.norm()).item<double>(),
          precision == "float32" ? 1e-5 : 1e-11};
}

double BenchRow::us_per_point() const { return 1e6 * ours.median / workload.points; }
double BenchRow::nested_us_per_point() const { return 1e6 * nested.median / workload.points; }
double BenchRow::gflops() const { return 1e-9 * flops_per_point * workload.points / ours.median; }
double BenchRow::percent_of_peak() const { return 100 * 1e9 * gflops() / peak; }
double BenchRow::ratio_to_nested() const { return nested.median / ours.median; }

BenchRow measure(const Workload& workload, const std::string& device, int threads, const MachineLimits& limits,
                 const std::string& export_folder, double patience) {
  const bool on_gpu = device == "cuda";
  BenchRow row{.workload = workload,
               .threads = threads,
               .device = device,
               .peak = on_gpu ? NAN : limits.peak(workload.precision, threads)};
  const Case c = case_of(workload);
  const torch::TensorOptions options = tensor_options(device, workload.precision);
  const PeakMemory memory;
  const Problem problem(c, options);
  row.engine = text_of(problem.engine());
  const torch::Tensor theta = problem.network().initial_parameters(c.settings.seed).to(options);
  const std::vector<WeightedPoints> points = problem.draw("sobol", workload.points, 0, "bench", c.settings.seed, 0);
  const LeastSquares objective(problem, points, std::vector<double>(problem.residuals().size(), 1.0));
  LossAndGradient ours;
  if (on_gpu) {
    row.ours = time_replays(objective, theta, patience, ours);
  } else {
    row.ours = repeat(of_ours, patience, [&] {
      const LeastSquares::Gradient step = objective.gradient(theta);
      ours = {step.loss, step.gradient};
    });
    row.peak_rss = memory.total();
    row.memory = memory.growth();
  }
  row.loss = ours.loss;
  row.gradient_norm = ours.gradient.to(at::kDouble).norm().item<double>();

  row.flops_per_point =
      matrix_flops_per_point(problem.network().layout(), problem.sets().front().residual.spec().channels());
  const NestedAutograd autograd(c, problem);
  LossAndGradient reference;
  constexpr int many_chunks = 16;
  const bool in_chunks = workload.points > many_chunks * workload.nested_points;
  row.nested = repeat(in_chunks ? of_nested_in_chunks : of_nested, patience, [&] {
    const NestedAutograd::Gradient step = autograd.gradient(theta, points, workload.nested_points);
    reference = {step.loss, step.gradient};
  });
  row.agreement = agreement_of(ours, reference, workload.precision);
  if (!export_folder.empty()) {
    row.file = export_to(export_folder, workload, problem.network(), theta, points.front().points.x);
  }
  return row;
}

std::string describe(const MachineLimits& limits, int threads, InstructionSet instructions) {
  std::string text = fmt::format("{}, {} core{}; this run: {} thread{}, {}\n", limits.processor, limits.cores,
                                 limits.cores == 1 ? "" : "s", threads, threads == 1 ? "" : "s", name_of(instructions));
  text += "  multiply-add peak, GFLOP/s   fp32     fp64\n";
  std::vector<int> counts = {threads};
  if (threads > 1) counts.push_back(1);
  for (int count : counts) {
    for (InstructionSet set : available_instruction_sets()) {
      text += fmt::format("    {:<25}", fmt::format("{} thread{} {}", count, count == 1 ? " " : "s", name_of(set)));
      for (const char* precision : {"float32", "float64"}) {
        for (const PeakRate& rate : limits.peaks) {
          if (rate.instructions == set && rate.threads == count && rate.precision == precision) {
            text += fmt::format("{:8.1f} ", 1e-9 * rate.flops);
          }
        }
      }
      text += "\n";
    }
  }
  return text + fmt::format("  memory bandwidth             {:.1f} GB/s, {:.1f} GB/s with one thread\n",
                            1e-9 * limits.bandwidth, 1e-9 * limits.bandwidth_one_thread);
}

std::string table_head() {
  return fmt::format("{:<14}{:>8}{:>10}{:>11}{:>10}{:>9}{:>9}{:>9}{:>9}{:>8}\n", "work", "points", "us/point",
                     "points/s", "ms/step", "GFLOP/s", "of peak", "memory", "nested", "ratio");
}

std::string table_line(const BenchRow& row) {
  std::string text = fmt::format(
      "{:<14}{:>8}{:>10}{:>11.0f}{:>10}{:>9}{:>9}{:>9}{:>9}{:>7}x\n", row.workload.name(), row.workload.points,
      figures(row.us_per_point()), row.workload.points / row.ours.median, figures(1e3 * row.ours.median),
      figures(row.gflops()), std::isfinite(row.peak) ? fmt::format("{:.0f}%", row.percent_of_peak()) : "-",
      row.memory ? fmt::format("{:.0f} MB", *row.memory / megabyte) : "unknown", figures(row.nested_us_per_point()),
      figures(row.ratio_to_nested()));
  if (!row.agreement.holds()) {
    text += fmt::format("  DISAGREES with nested autograd: loss by {:.1e}, gradient by {:.1e}, limit {:.0e}\n",
                        row.agreement.loss, row.agreement.gradient, row.agreement.limit);
  }
  return text;
}

std::string agreement_text(const std::vector<BenchRow>& rows) {
  std::string text = "Loss and gradient agree with nested autograd:";
  for (const char* precision : {"fp32", "fp64"}) {
    double loss = 0, gradient = 0, limit = 0;
    for (const BenchRow& row : rows) {
      if (row.workload.precision_word() != precision) continue;
      loss = std::max(loss, row.agreement.loss);
      gradient = std::max(gradient, row.agreement.gradient);
      limit = row.agreement.limit;
    }
    if (limit > 0) text += fmt::format("  {} to {:.0e} and {:.0e} (limit {:.0e})", precision, loss, gradient, limit);
  }
  return text + "\n";
}

nlohmann::json to_json(const MachineLimits& limits, int threads, InstructionSet instructions,
                       const std::vector<BenchRow>& rows) {
  nlohmann::json machine = {{"processor", limits.processor},
                            {"cores", limits.cores},
                            {"threads", threads},
                            {"instruction_set", name_of(instructions)},
                            {"bandwidth_gb_per_s", 1e-9 * limits.bandwidth},
                            {"bandwidth_gb_per_s_one_thread", 1e-9 * limits.bandwidth_one_thread},
                            {"peaks", nlohmann::json::array()},
                            {"versions", nlohmann::json::object()}};
  for (const PeakRate& rate : limits.peaks) {
    machine["peaks"].push_back({{"instruction_set", name_of(rate.instructions)},
                                {"precision", rate.precision},
                                {"threads", rate.threads},
                                {"gflops", 1e-9 * rate.flops}});
  }
  for (const auto& [name, version] : library_versions()) machine["versions"][name] = version;
  nlohmann::json json = {{"machine", machine}, {"rows", nlohmann::json::array()}};
  for (const BenchRow& row : rows) {
    json["rows"].push_back({{"case", row.workload.equations},
                            {"width", row.workload.width},
                            {"depth", row.workload.depth},
                            {"precision", row.workload.precision},
                            {"device", row.device},
                            {"threads", row.threads},
                            {"points", row.workload.points},
                            {"engine", row.engine},
                            {"us_per_point", row.us_per_point()},
                            {"points_per_second", row.workload.points / row.ours.median},
                            {"ms_per_step", 1e3 * row.ours.median},
                            {"ms_per_step_best", 1e3 * row.ours.best},
                            {"repetitions", row.ours.repetitions},
                            {"flops_per_point", row.flops_per_point},
                            {"gflops", row.gflops()},
                            {"percent_of_peak", row.percent_of_peak()},
                            {"peak_rss_mb", megabytes(row.peak_rss)},
                            {"memory_mb", megabytes(row.memory)},
                            {"nested_us_per_point", row.nested_us_per_point()},
                            {"nested_points_at_once", std::min(row.workload.points, row.workload.nested_points)},
                            {"nested_repetitions", row.nested.repetitions},
                            {"ratio_to_nested", row.ratio_to_nested()},
                            {"loss", row.loss},
                            {"gradient_norm", row.gradient_norm},
                            {"loss_difference", row.agreement.loss},
                            {"gradient_difference", row.agreement.gradient},
                            {"agrees", row.agreement.holds()},
                            {"file", row.file.empty() ? nlohmann::json(nullptr) : nlohmann::json(row.file)}});
  }
  return json;
}

int exit_code_of(const std::vector<BenchRow>& rows) {
  const bool all = std::all_of(rows.begin(), rows.end(), [](const BenchRow& row) { return row.agreement.holds(); });
  return exit_code(all ? Status::converged : Status::check_failed);
}

namespace {

void write_json(const nlohmann::json& json, const std::string& where) {
  const std::string bytes = json.dump(2) + "\n";
  if (where != "-") {
    write_atomically(where, bytes);
  } else if (!(std::cout << bytes << std::flush)) {
    throw OutputError("the figures could not be written to standard output", EIO);
  }
}

int bench_gauss_newton(const CommandLine::Bench& wanted) {
  constexpr int usual_points = 1024;
  const int threads = resolve_threads(wanted.threads);
  use_threads(threads);
  const GaussNewtonRow row =
      measure_gauss_newton(wanted.points > 0 ? wanted.points : usual_points, threads, 5 * usual_patience);
  (wanted.json == "-" ? std::cerr : std::cout) << table_of(row) << std::flush;
  if (!wanted.json.empty()) write_json(to_json(row), wanted.json);
  return exit_code(row.holds() ? Status::converged : Status::check_failed);
}

}  // namespace

int bench(const CommandLine& line) {
  const CommandLine::Bench& wanted = line.bench;
  if (wanted.only == gauss_newton_word) return bench_gauss_newton(wanted);
  std::vector<Workload> workloads = chosen_workloads(wanted.only);
  if (wanted.points > 0) {
    for (Workload& workload : workloads) workload.points = wanted.points;
  }
  if (wanted.million) workloads.push_back(million_points());
  const bool json_on_stdout = wanted.json == "-";
  std::ostream& text = json_on_stdout ? std::cerr : std::cout;
  const bool terminal = isatty(json_on_stdout ? STDERR_FILENO : STDOUT_FILENO) == 1;
  if (!wanted.export_folder.empty()) {
    std::error_code error;
    fs::create_directories(wanted.export_folder, error);
    if (error)
      throw OutputError("cannot make the folder " + wanted.export_folder + ": " + error.message(), error.value());
  }

  const std::string device = resolve_device(wanted.device);
  const InstructionSet instructions = instruction_set_named(resolve_instructions(""));
  const int threads = resolve_threads(wanted.threads);
  use_threads(threads);
  if (terminal) text << "measuring the limits of this machine" << std::flush;
  const MachineLimits limits = measure_machine(threads);
  text << (terminal ? "\r\033[K" : "") << describe(limits, threads, instructions) << "\n" << table_head() << std::flush;

  // Nested autograd takes most of the time of every row, and its work goes with the work of the matrix products.
  double all = 0, done = 0;
  const auto work = [](const Workload& w) {
    return matrix_flops_per_point(NetworkLayout({.inputs = 2, .outputs = 4, .depth = w.depth, .width = w.width}), 4) *
           w.points;
  };
  for (const Workload& workload : workloads) all += work(workload);
  const auto start = Clock::now();
  std::vector<BenchRow> rows;
  for (const Workload& workload : workloads) {
    if (terminal) {
      text << progress_bar(done / all) << " " << rows.size() << "/" << workloads.size() << "  " << workload.name();
      if (done > 0) text << "  about " << clock_text(seconds_since(start) * (all - done) / done) << " left";
      text << std::flush;
    }
    rows.push_back(measure(workload, device, threads, limits, wanted.export_folder, usual_patience));
    done += work(workload);
    text << (terminal ? "\r\033[K" : "") << table_line(rows.back()) << std::flush;
  }

  const int code = exit_code_of(rows);
  if (code == 0) {
    text << "\n" << agreement_text(rows);
  } else {
    std::cerr << "error: loss or gradient disagree with nested autograd; the figures of these rows mean nothing.\n"
                 "  It is a defect of nusselt: please report it, with this table\n";
  }
  if (!wanted.json.empty()) write_json(to_json(limits, threads, instructions, rows), wanted.json);
  return code;
}

}  // namespace nusselt
