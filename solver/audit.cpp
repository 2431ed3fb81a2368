#include "solver/audit.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <iostream>

#include "solver/case/exit_code.hpp"
#include "solver/device.hpp"
#include "solver/least_squares.hpp"
#include "solver/pointwise.hpp"
#include "solver/run_folder.hpp"
#include "solver/what_if.hpp"

namespace nusselt {

namespace {

using torch::Tensor;

constexpr int points_looked_at = 24;
// Of the box: long enough that rounding does not show in second differences, 1e-16 / step^2, short enough that what
// extrapolation leaves, step^4, does not either.
constexpr double step = 7e-4;
constexpr double derivative_limit = 1e-6;
constexpr double gradient_limit = 1e-6;
// Differences below this part of the channel are rounding, and have no order.
constexpr double rounding = 1e-9;

double largest(const Tensor& t) { return t.abs().max().item<double>(); }

std::string two_digits(double value) { return to_string(value, 2); }

void add_pointwise(std::vector<AuditRow>& rows, const Problem& problem, const Tensor& theta,
                   std::vector<WeightedPoints> points) {
  for (WeightedPoints& set : points) set.per_mean = 1;  // the rows at points that the engine computes
  const Network& network = problem.network();
  const Tensor& x = points.front().points.x;
  const auto fields = [&](const Tensor& p) { return network.values(theta, p); };
  rows.push_back({"pointwise", "fields", pointwise_deviation(fields, x), pointwise_limit});

  // The same residuals in the order of the rows, from sets of one point each.
  const std::vector<double> ones(problem.residuals().size(), 1.0);
  const Tensor together = LeastSquares(problem, points, ones).residual(theta);
  double difference = 0;
  for (std::int64_t n = 0; n < x.size(0); ++n) {
    std::vector<WeightedPoints> alone;
    for (const WeightedPoints& set : points) {
      const std::int64_t k = n % set.points.x.size(0);
      alone.push_back({set.points.narrow(k, 1), set.weights.narrow(0, k, 1)});
    }
    const Tensor own = LeastSquares(problem, alone, ones).residual(theta);
    std::int64_t row = 0, first = 0;
    for (std::size_t s = 0; s < points.size(); ++s) {
      const std::int64_t count = points[s].points.x.size(0), equations = problem.sets()[s].residual.size();
      const Tensor here = together.narrow(0, first + (n % count) * equations, equations);
      difference = std::max(difference, largest(own.narrow(0, row, equations) - here));
      row += equations;
      first += count * equations;
    }
  }
  rows.push_back(
      {"pointwise", "residuals, engine " + problem.engine().name, difference / largest(together), pointwise_limit});

  const Tensor before = fields(x);
  double elsewhere = 0, here = 0;
  for (std::int64_t n = 0; n < x.size(0); ++n) {
    Tensor moved = x.clone();
    moved[n] += 0.01 * (x[(n + 1) % x.size(0)] - x[n]);
    const Tensor change = (fields(moved) - before).abs().amax(1);
    here = std::max(here, change[n].item<double>());
    change[n] = 0;
    elsewhere = std::max(elsewhere, largest(change));
  }
  rows.push_back({"coupling", "a point's move seen by others", elsewhere / here, pointwise_limit});
}

struct Differences {
  Tensor coarse, fine;  // at the step and at half of it
  Tensor extrapolated() const { return (4 * fine - coarse) / 3; }
};

/// f at x + a along axis i + b along axis j.
using Shifted = std::function<Tensor(double, double)>;

Differences first_differences(const Shifted& f, double h) {
  const auto at = [&](double k) { return (f(k, 0) - f(-k, 0)) / (2 * k); };
  return {at(h), at(h / 2)};
}

Differences second_differences(const Shifted& f, double h, double l, bool mixed) {
  const auto at = [&](double part) {
    const double a = h * part, b = l * part;
    if (mixed) return (f(a, b) - f(a, -b) - f(-a, b) + f(-a, -b)) / (4 * a * b);
    return (f(a, 0) - 2 * f(0, 0) + f(-a, 0)) / (a * a);
  };
  return {at(1), at(0.5)};
}

void add_derivatives(std::vector<AuditRow>& rows, const Case& c, const Problem& problem, const Tensor& theta,
                     const Tensor& x) {
  const Network& network = problem.network();
  const auto axes = static_cast<int>(x.size(1));
  std::vector<SecondOrder> second;
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < axes; ++i) {
    for (int j = i; j < axes; ++j) {
      second.push_back(SecondOrder::derivative(i, j));
      pairs.emplace_back(i, j);
    }
  }
  const JetSpec spec = JetSpec::second_order(axes, second);
  const Tensor jet = network.jet(theta, x, spec);
  std::vector<std::string> names;
  for (const Axis axis : c.box.active_axes()) names.push_back(axis_names[axis]);
  for (const Constant* input : c.constants.inputs()) names.push_back(input->name);
  const NetworkSettings& box = network.settings();
  const auto length = [&](int i) { return step * (box.upper[i] - box.lower[i]); };
  const auto compare = [&](const std::string& name, const Tensor& channel, const Differences& differences) {
    const double scale = largest(channel);
    const double coarse = largest(differences.coarse - channel), fine = largest(differences.fine - channel);
    const double error = largest(differences.extrapolated() - channel) / scale;
    const bool shown = scale > 0 && fine / scale > rounding;
    rows.push_back({"derivatives", name, error, derivative_limit,
                    shown ? "order " + two_digits(std::log2(coarse / fine)) : "differences are exact to rounding"});
  };
  const auto shifted = [&](int i, int j) {
    return [&, i, j](double a, double b) {
      Tensor moved = x.clone();
      moved.select(1, i) += a;
      moved.select(1, j) += b;
      return network.values(theta, moved);
    };
  };
  rows.push_back({"derivatives", "value",
                  largest(jet.select(1, 0) - network.values(theta, x)) / largest(jet.select(1, 0)), 1e-12});
  for (int i = 0; i < axes; ++i) {
    compare(std::string("d/d") + names[i], jet.select(1, spec.first_channel(i)),
            first_differences(shifted(i, i), length(i)));
  }
  for (std::size_t k = 0; k < pairs.size(); ++k) {
    const auto [i, j] = pairs[k];
    const std::string one = std::string("d") + names[i], other = std::string("d") + names[j];
    compare(i == j ? "d2/" + one + "2" : "d2/" + one + " " + other,
            jet.select(1, spec.second_channel(static_cast<int>(k))),
            second_differences(shifted(i, j), length(i), length(j), i != j));
  }
}

void add_gradient(std::vector<AuditRow>& rows, const Problem& problem, const Tensor& all,
                  const std::vector<WeightedPoints>& points) {
  // Statistics of the points are part of the function, and of its gradient.
  const Network& network = problem.network();
  const BatchStatistics statistics =
      network.statistics_count() > 0 ? BatchStatistics::live(network, points.front().points.x) : BatchStatistics();
  const LeastSquares objective(problem, points, std::vector<double>(problem.residuals().size(), 1.0), statistics);
  const Tensor theta = all.narrow(0, 0, network.trained_count());
  const Tensor gradient = objective.gradient(theta).gradient;
  const double size = gradient.norm().item<double>();
  const auto compare = [&](const std::string& name, const Tensor& direction) {
    const double exact = at::dot(gradient, direction).item<double>();
    const auto at = [&](double k) {
      return (objective.loss(theta + k * direction) - objective.loss(theta - k * direction)) / (2 * k);
    };
    // Of the typical parameter. Near a minimum the loss bends within a small part of that while the gradient is small:
    // of several steps the best counts, and a gradient that is wrong is wrong for all of them.
    const double typical = theta.norm().item<double>() / std::sqrt(static_cast<double>(theta.numel()));
    AuditRow best{"gradient", name, INFINITY, gradient_limit, ""};
    for (const double h : {2e-5 * typical, 5e-6 * typical, 1.25e-6 * typical, 3e-7 * typical}) {
      const double coarse = at(h), fine = at(h / 2);
      const double error = std::abs((4 * fine - coarse) / 3 - exact) / size;
      if (!(error < best.value)) continue;
      best.value = error;
      const bool shown = std::abs(fine - exact) / size > rounding;
      best.remark = shown ? "order " + two_digits(std::log2(std::abs((coarse - exact) / (fine - exact)))) : "";
    }
    rows.push_back(best);
  };
  compare("along itself", gradient / size);
  // Two directions with numbers of every size and sign.
  const Tensor count = at::arange(theta.numel(), theta.options());
  const auto unit = [](const Tensor& v) { return v / v.norm(); };
  compare("along a first direction", unit(at::cos(1.7 * count)));
  compare("along a second", unit(at::sin(count.square())));
}

/// The parameters that training starts with; statistics are those of the training points.
Tensor start_of(const Case& c, const Problem& problem) {
  const Network& network = problem.network();
  const Tensor theta = network.initial_parameters(c.settings.seed);
  if (network.statistics_count() == 0) return theta;
  const Settings::Points& points = c.settings.points;
  const Tensor x =
      problem.draw(points.sampling, points.interior, points.boundary, "training", c.settings.seed, 0).front().points.x;
  return at::cat({theta.narrow(0, 0, network.trained_count()), network.batch_statistics(theta, x)});
}

struct Subject {
  Case the_case;
  Tensor theta;  // undefined: that of the start
  std::string origin;
};

Subject subject_of(const CommandLine& line) {
  const std::filesystem::path folder(line.subject);
  if (!std::filesystem::is_directory(folder / checkpoints_folder)) {
    return {read_case(line.subject, line.overrides), {}, "the weights that training starts with"};
  }
  if (!line.overrides.empty()) {
    throw InputError(place_at(line.subject, "", 0), "of a run nothing can be changed: " + line.overrides.front(),
                     "audit its case instead, with the same words");
  }
  const Checkpoint checkpoint = newest_checkpoint(folder);
  std::vector<Rung> ladder = read_ladder(case_of_run(checkpoint.identity));
  return {rung_of(checkpoint, ladder), checkpoint.state.theta.to(at::kDouble),
          "the weights after step " + std::to_string(checkpoint.state.step)};
}

}  // namespace

std::vector<AuditRow> audit_rows(const Case& c, const Problem& problem, const Tensor& theta) {
  const at::NoGradGuard no_gradient;
  std::vector<AuditRow> rows;
  const std::vector<WeightedPoints> points =
      problem.draw("sobol", points_looked_at, std::max(2, points_looked_at / 4), "audit", c.settings.seed, 0);
  add_pointwise(rows, problem, theta, points);
  add_derivatives(rows, c, problem, theta, points.front().points.x);
  add_gradient(rows, problem, theta, points);
  for (AuditRow& row : norm_invariances(problem.network())) rows.push_back(std::move(row));
  return rows;
}

std::string audit_text(const std::vector<AuditRow>& rows) {
  std::string text;
  const auto padded = [](std::string words, std::size_t width) {
    words.resize(std::max(words.size() + 2, width), ' ');
    return words;
  };
  for (const AuditRow& row : rows) {
    text += padded(row.passed() ? "  passed" : "  FAILED", 10) + padded(row.check, 13) + padded(row.what, 38) +
            padded(to_string(row.value, 3), 12) + padded("limit " + to_string(row.limit, 3), 14) + row.remark;
    text = text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

int audit(const CommandLine& line) {
  const Subject subject = subject_of(line);
  const Case& c = subject.the_case;
  use_threads(resolve_threads(1));
  const Problem problem(c, at::TensorOptions().dtype(at::kDouble));
  const Tensor theta = subject.theta.defined() ? subject.theta : start_of(c, problem);
  std::cout << c.name << ", network " << c.settings.network.depth << "x" << c.settings.network.width << ", norm "
            << c.settings.network.norm << ": " << subject.origin << "\n";
  if (line.what_if) {
    const Settings::Points& points = c.settings.points;
    const std::vector<WhatIfRow> rows =
        what_if(c, problem,
                problem.draw(points.sampling, points.interior, points.boundary, "training", c.settings.seed, 0), theta);
    std::cout << what_if_text(problem, rows);
    const bool agree = std::ranges::all_of(rows, [](const WhatIfRow& row) { return row.error <= what_if_limit; });
    return agree ? 0 : exit_code(Status::check_failed);
  }
  const std::vector<AuditRow> rows = audit_rows(c, problem, theta);
  std::cout << audit_text(rows);
  const bool passed = std::ranges::all_of(rows, [](const AuditRow& row) { return row.passed(); });
  std::cout << (passed ? "all checks passed\n" : "the audit failed\n");
  return passed ? 0 : exit_code(Status::check_failed);
}

}  // namespace nusselt
