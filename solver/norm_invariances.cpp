// What the norm of a network is blind to, for the audit.
#include <algorithm>
#include <cmath>

#include "solver/audit.hpp"
#include "solver/demo.hpp"

namespace nusselt {

namespace {

constexpr double limit = 1e-12;

double difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace

std::vector<AuditRow> norm_invariances(const Network& network) {
  std::vector<AuditRow> rows;
  const std::string& norm = network.settings().norm;
  if (norm == "none" || norm == "batch" || norm == "instance") return rows;
  const torch::Tensor jet = normal_numbers(1, {3, 200, network.settings().width});
  const JetSpec spec = JetSpec::pure_seconds(1);
  const auto of = [&](const torch::Tensor& z) { return normalized_jet(norm, 0, z, spec); };
  const torch::Tensor y = of(jet);
  // The largest over scales: derivative channels are scaled along, so all three must stay.
  double scale = 0, shift = 0;
  for (const double c : {1e-3, 7.0, 1e3}) scale = std::max(scale, difference(of(c * jet), y));
  rows.push_back({"invariances", norm + ": z and c z, eps 0", scale, limit, "value, first, second derivative"});
  torch::Tensor moved = jet.clone();
  moved[0] += 10;
  shift = difference(of(moved), y);
  if (norm != "rms") {
    rows.push_back({"invariances", norm + ": z and z + 10, eps 0", shift, limit, "value, first, second derivative"});
  }
  const double alone = difference(of(jet.narrow(1, 17, 1)), y.narrow(1, 17, 1));
  rows.push_back({"pointwise", norm + " layer, one of 200 points", alone, 0, "bit for bit"});
  return rows;
}

}  // namespace nusselt
