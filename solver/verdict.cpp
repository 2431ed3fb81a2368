#include "solver/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "solver/residual_criteria.hpp"
#include "solver/trivial_state.hpp"

namespace nusselt {

namespace {

// Below this part of a balance's natural flux, inflow and outflow are rounding and no yardstick.
constexpr double negligible_flux = 1e-9;
// Of the standard errors that come from the noise: an estimate that could still move further is not settled.
constexpr double most_shift = 0.1;

/// Flux out of a region through a face: along its axis, on a surface along the normal, which points out of the region
/// that the surface belongs to and into the one behind it.
Expression along_normal(const System::Balance& balance, const Region& region, const Face& face, const Domain& domain) {
  const FaceGeometry& geometry = domain.geometry(face);
  if (!geometry.surface) return Expression::number(face.sign()) * balance.flux[face.axis];
  Expression through = Expression::zero();
  for (const Axis axis : domain.box().active_axes()) {
    if (axis != axis_t) through = through + Expression::normal(axis) * balance.flux[axis];
  }
  return geometry.region == region.name ? through : -through;
}

/// The region of the fields of a balance.
const Region& region_of(const System::Balance& balance, const Case& c) {
  std::string region;
  for (const Expression& part : {balance.flux[0], balance.flux[1], balance.flux[2], balance.density}) {
    if (const std::string own = c.system.region_of(part); !own.empty()) region = own;
  }
  return c.domain.region_named(region);
}

/// What the references make of a flux through a face, SI; on a curved one the largest of its components.
double natural_flux(const System::Balance& balance, const Face& face, const Case& c) {
  double largest = 0;
  for (const Axis axis : c.box.active_axes()) {
    if (axis == axis_t || balance.flux[axis].is_zero()) continue;
    if (axis != face.axis && !c.domain.geometry(face).surface) continue;
    const DimensionlessResidual flux =
        nondimensionalize(balance.name, balance.flux[axis], c.scales, c.constants.values());
    largest = std::max(largest, flux.scale());
  }
  return largest;
}

}  // namespace

bool Evaluation::passed() const {
  return std::all_of(criteria.begin(), criteria.end(), [](const Criterion& c) { return c.passed; });
}

bool Evaluation::only_independent_checks_failed() const {
  return !passed() &&
         std::all_of(criteria.begin(), criteria.end(), [](const Criterion& c) { return c.passed || c.independent; });
}

Judge::Judge(const Case& the_case) : case_(the_case), budget_(the_case) {}

Evaluation Judge::evaluate(const Solution& solution, const std::vector<double>& train_mean_squares) const {
  Evaluation evaluation = judge_residuals(case_, budget_, solution);
  const Settings::Criteria& limits = case_.settings.criteria;
  for (std::size_t i = 0; i < evaluation.residuals.size(); ++i) {
    ResidualReport& r = evaluation.residuals[i];
    r.train_rms = std::sqrt(train_mean_squares[i]);
    if (i >= solution.problem().physical_residuals()) continue;  // of sensors, which have the same points in both
    const double ratio = r.train_rms > 0 ? r.rms / r.train_rms : (r.rms > 0 ? INFINITY : 1);
    evaluation.criteria.push_back(criterion_of("held-out/training of " + r.name, ratio, limits.ratio));
  }
  evaluation.balances = balances(solution);
  evaluation.estimation = estimate(case_, solution);
  for (const BalanceReport& b : evaluation.balances) {
    evaluation.criteria.push_back(criterion_of("imbalance of " + b.name, b.relative, limits.imbalance));
    evaluation.criteria.back().independent = true;
  }
  // It costs as much as all the others, and matters only where they hold.
  if (evaluation.passed()) {
    for (const Criterion& one : trivial_state_criteria(case_, solution)) evaluation.criteria.push_back(one);
  }
  if (evaluation.estimation) {
    for (const Misfit& misfit : evaluation.estimation->misfits) {
      evaluation.criteria.push_back(criterion_of("misfit/noise of " + misfit.name, misfit.rms, misfit.limit));
      evaluation.criteria.back().independent = true;
    }
    if (!evaluation.estimation->constants.empty()) {
      evaluation.criteria.push_back(
          criterion_of("shift/standard error of constants", evaluation.estimation->shift, most_shift));
    }
  }
  return evaluation;
}

std::vector<BalanceReport> Judge::balances(const Solution& whole) const {
  std::vector<BalanceReport> reports;
  for (const std::map<std::string, double>& member : case_.constants.members()) {
    const Solution solution = whole.of_member(member);
    const std::string where = member.empty() ? "" : " at " + case_.constants.member_text(member);
    for (const System::Balance& balance : case_.system.balances()) {
      double outflow = 0;
      double inflow = 0;
      double natural = 0;
      const Region& region = region_of(balance, case_);
      const std::vector<Face> boundary = case_.domain.boundary(region);
      const auto is_moment = [&](const Face& face) {
        return face.axis == axis_t && !case_.domain.geometry(face).surface;
      };
      for (const Face& face : boundary) {
        if (is_moment(face)) continue;
        const Expression flux = along_normal(balance, region, face, case_.domain);
        const double area = case_.domain.measure(face);
        if (!flux.is_zero()) {
          // What comes in by day goes out by night: over time they cancel, and are no less a yardstick.
          const Solution::Flows flows = solution.face_flows(flux, face);
          outflow += flows.out * area;
          inflow += flows.in * area;
        }
        natural = std::max(natural, area * natural_flux(balance, face, case_));
      }
      const double source =
          balance.source.is_zero() ? 0 : solution.region_mean(balance.source, region) * case_.domain.measure(region);
      double stored = 0;
      if (!balance.density.is_zero()) {
        for (const Face& face : boundary) {
          if (is_moment(face)) {
            stored += face.sign() * solution.face_mean(balance.density, face) * case_.domain.measure(face);
          }
        }
      }
      double yardstick = std::max({inflow, outflow, std::abs(source), std::abs(stored)});
      if (yardstick < negligible_flux * natural) yardstick = natural;
      reports.push_back({balance.name + where, std::abs(outflow - inflow + stored - source) / yardstick});
    }
  }
  return reports;
}

std::vector<QuantityReport> Judge::quantities(const Solution& whole) const {
  std::vector<QuantityReport> reports;
  std::map<std::map<std::string, double>, Solution> members;
  for (const AskedQuantity& quantity : case_.quantities) {
    if (!members.contains(quantity.member)) members.emplace(quantity.member, whole.of_member(quantity.member));
    const Solution& solution = members.at(quantity.member);
    std::map<std::string, double> solved;
    for (const SurfaceFunctional& functional : quantity.formula.functionals) {
      const bool integral = functional.kind == SurfaceFunctional::Kind::integral;
      if (functional.face == "domain") {
        const Region& region = case_.domain.region_named(functional.region);
        const double mean = solution.region_mean(functional.integrand, region);
        solved[functional.symbol] = integral ? mean * case_.domain.measure(region) : mean;
        continue;
      }
      const Face& face = case_.domain.geometry(functional.face).face;
      const double mean = solution.face_mean(functional.integrand, face);
      solved[functional.symbol] = integral ? mean * case_.domain.measure(face) : mean;
    }
    for (const LineExtremum& line : quantity.formula.extrema) {
      using Kind = LineExtremum::Kind;
      std::map<Axis, double> positions;
      for (const auto& [axis, position] : line.positions) positions[axis] = constant_value(position, case_.constants);
      const bool largest = line.kind == Kind::largest || line.kind == Kind::place_of_largest;
      const Solution::Extremum found = solution.line_extremum(line.along_line, line.axis, positions, largest);
      const bool value = line.kind == Kind::largest || line.kind == Kind::smallest;
      solved[line.symbol] = value ? found.value : found.place;
    }
    for (const Section& section : quantity.formula.sections) {
      std::map<Axis, double> positions;
      for (const auto& [axis, position] : section.positions)
        positions[axis] = constant_value(position, case_.constants);
      const Box& box = case_.domain.region_named(section.region).box;
      double value = solution.section_mean(section.integrand, positions, box);
      for (Axis axis : box.active_axes()) {
        if (section.integral && !positions.contains(axis)) value *= box.upper[axis] - box.lower[axis];
      }
      solved[section.symbol] = value;
    }
    const double si = nusselt::evaluate(quantity.formula.expression, [&](const Expression& leaf) {
      const auto known = solved.find(leaf.name());
      return known != solved.end() ? known->second : solution.constant(leaf.name());
    });
    reports.push_back(
        {quantity.name, si / quantity.unit_factor, quantity.unit, quantity.reference, quantity.source, quantity.bound});
  }
  return reports;
}

namespace {

/// Subtracts from each value [N] the mean of those at the same moment.
void remove_means(torch::Tensor& values, const std::vector<double>& moments) {
  std::map<double, std::pair<double, int>> sums;
  double* value = values.data_ptr<double>();
  for (std::size_t i = 0; i < moments.size(); ++i) {
    auto& [sum, count] = sums[moments[i]];
    sum += value[i];
    ++count;
  }
  for (std::size_t i = 0; i < moments.size(); ++i) {
    const auto& [sum, count] = sums[moments[i]];
    value[i] -= sum / count;
  }
}

}  // namespace

std::vector<ErrorReport> Judge::errors(const Solution& solution) const {
  std::vector<ErrorReport> reports;
  if (!case_.reference) return reports;
  const torch::Tensor computed = solution.fields(solution.points_at(case_.reference->points)).cpu();
  struct Sums {
    double difference = 0;
    double reference = 0;
    double largest = 0;
  };
  const std::vector<std::string> gauges = case_.gauge_fields();
  const auto compare = [&](const ReferenceFields::Values& known) {
    std::size_t f = 0;
    while (case_.system.fields()[f].name != known.field) ++f;
    const Region& region = case_.domain.region_named(case_.system.fields()[f].region);
    const std::vector<bool> inside = solution.lie_in(region, case_.reference->points);
    std::vector<std::int64_t> compared;
    std::vector<double> moments;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      if (!inside[i]) continue;
      compared.push_back(static_cast<std::int64_t>(i));
      moments.push_back(case_.system.is_transient() ? case_.reference->points.back()[i] : 0);
    }
    const torch::Tensor rows = at::tensor(compared, at::kLong);
    const torch::Tensor reference = at::tensor(known.si, at::TensorOptions().dtype(at::kDouble)).index_select(0, rows);
    torch::Tensor error =
        (computed.select(1, static_cast<std::int64_t>(f)).index_select(0, rows) - reference).contiguous();
    torch::Tensor size = reference - field_level(case_.system.fields()[f].symbol, case_.scales);
    // What is known up to a constant, or up to a function of time, is compared up to that.
    if (std::find(gauges.begin(), gauges.end(), known.field) != gauges.end()) {
      remove_means(error, moments);
      remove_means(size, moments);
    }
    return Sums{error.square().sum().item<double>(), size.square().sum().item<double>(),
                error.abs().max().item<double>()};
  };
  Sums velocity;
  int components = 0;
  for (const ReferenceFields::Values& known : case_.reference->values) {
    const Sums sums = compare(known);
    const Dimension& dimension = case_.system.field_named(known.field).symbol.dimension();
    reports.push_back({known.field, std::sqrt(sums.difference / sums.reference), sums.largest, dimension.unit(),
                       case_.reference->source, case_.reference->bound});
    if (dimension != dimension_of<Velocity>()) continue;
    ++components;
    velocity.difference += sums.difference;
    velocity.reference += sums.reference;
    velocity.largest = std::max(velocity.largest, sums.largest);
  }
  if (components > 1) {
    reports.push_back({"velocity", std::sqrt(velocity.difference / velocity.reference), velocity.largest,
                       dimension_of<Velocity>().unit(), case_.reference->source, case_.reference->bound});
  }
  return reports;
}

}  // namespace nusselt
