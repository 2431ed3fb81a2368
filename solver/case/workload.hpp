// What `nusselt bench` measures: the loss and the full gradient of the equations inside a box, for fixed networks.
//
// The equations are those of 2-D steady flow, `ns` (u, v, p), and with buoyancy and heat, `nst` (u, v, p, T);
// conditions on faces are left out, so that other programs can do the same work. The box is [-1, 1]^2 in scaled
// coordinates, where the network's own map of the box is the identity.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nusselt {

struct Workload {
  std::string equations;  // "ns", "nst"
  int depth;              // hidden layers
  int width;
  std::string precision;  // "float32", "float64"
  int points;
  /// Points that nested autograd gets at once: it keeps tens of kilobytes for each.
  int nested_points;

  std::string network() const;         // "4x64"
  std::string precision_word() const;  // "fp32"
  std::string name() const;            // "ns 4x64 fp32"
};

/// {ns, nst} x {4x64, 5x100, 6x512} x {fp32, fp64}
std::vector<Workload> table_of_workloads();
/// One million points of ns 4x64 fp32.
Workload million_points();

/// What `--only` says for one step of Gauss-Newton instead of the table.
constexpr const char* gauss_newton_word = "gauss_newton";

/// Those of the table that `only` names: words joined by commas, such as `ns,4x64,fp32`; words of one kind are
/// alternatives, `4x64,5x100` is both. Empty means all. Throws std::invalid_argument that names the unknown word and
/// the known ones.
std::vector<Workload> chosen_workloads(const std::string& only);

/// The case file that states the workload's equations.
std::string case_text(const Workload& workload);

}  // namespace nusselt
