// Whether a network is what it claims: pointwise, with exact derivatives, an exact gradient, and the invariances of its
// norm. The command `audit` prints the table.
#pragma once

#include <torch/types.h>

#include <string>
#include <vector>

#include "solver/case/command_line.hpp"
#include "solver/problem.hpp"

namespace nusselt {

struct AuditRow {
  std::string check;  // "derivatives"
  std::string what;   // "d2/dx dy"
  double value;       // the larger the worse
  double limit;
  std::string remark = {};
  /// False for a value that is no number.
  bool passed() const { return value <= limit; }
};

/// All checks, in float64 on the processor, at points drawn for this and nothing else.
///   pointwise    each point alone against the batch: fields of the network, and residuals through the engine of the
///                problem; of the largest value
///   coupling     what moving one point changes at the others, of what it changes at itself
///   derivatives  each channel of the jet against central differences of the values, extrapolated (Richardson), of the
///                largest value of the channel; the remark has the order at which plain differences come near, 2
///   gradient     of the loss, along directions, against extrapolated differences of the loss; of |gradient|
///   |direction| invariances  of the norm that the network uses: see norm_invariances
std::vector<AuditRow> audit_rows(const Case& the_case, const Problem& problem, const torch::Tensor& theta);

/// What a norm over the features of a point is blind to, measured on jets at random preactivations; empty for a norm
/// over points and for none.
std::vector<AuditRow> norm_invariances(const Network& network);

/// A table with verdicts.
std::string audit_text(const std::vector<AuditRow>& rows);

/// The command: 0 when all checks pass, else 12.
int audit(const CommandLine& line);

}  // namespace nusselt
