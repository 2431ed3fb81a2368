#include <algorithm>

#include "solver/case/case.hpp"
#include "solver/demo.hpp"
#include "solver/demo_cases.hpp"

namespace nusselt {
namespace {

/// The first line of what is said of a case, empty where it is accepted.
std::string refusal_of(const std::string& text) {
  try {
    read_case(Document("case.yaml", text), ".");
  } catch (const InputError& error) {
    const std::string what = error.what();
    return what.substr(0, what.find('\n'));
  }
  return {};
}

DemoTable measure() {
  DemoTable table;
  table.columns = {"unit of the momentum equation", "its residual", "energy [K/s]", "mean", "its weight in the square"};
  constexpr double momentum = 120, energy = 0.8;  // N/m^3 = Pa/m, K/s
  const auto row = [&](const char* unit, double factor) {
    const double m = momentum / factor;
    table.rows.push_back({unit, {m, energy, (m + energy) / 2, m * m / (m * m + energy * energy)}});
  };
  row("Pa/m", 1);
  row("kPa/m", 1e3);
  row("MPa/m", 1e6);
  table.between("in Pa/m the mean is", table.at("Pa/m", "mean"), 60.4 - 1e-12, 60.4 + 1e-12);
  table.between("in kPa/m, of the same state,", table.at("kPa/m", "mean"), 0.46 - 1e-12, 0.46 + 1e-12);
  const std::string in_si = demonstration_cavity(air_in_si, "scaling: si\nconditioning: {name: rms}\n");
  const std::string refused = refusal_of(in_si);
  table.notes.push_back("Nusselt on residuals in SI with conditioning: " + refused);
  table.between("Nusselt refuses to average them", refused.find("cannot average") != std::string::npos ? 1 : 0, 1, 1);
  const std::string scaled = demonstration_cavity(air_in_si) + "conditioning: {name: rms}\n";
  table.between("and accepts the same case with scales", refusal_of(scaled).empty() ? 1 : 0, 1, 1);
  return table;
}

const RegisterDemonstration registered{
    {"unit_mismatch",
     "A momentum residual is a force per volume, N/m^3 or Pa/m, an energy residual a rate of temperature, K/s. Their "
     "mean is a number that changes with the unit in which one of them is written, and so does every weight that is "
     "made "
     "of such means: in Pa/m the momentum equation is all of the loss, in MPa/m nothing of it. Nusselt averages "
     "dimensionless residuals only: in C++ anything else does not compile, and a case that tries is refused.",
     "dimensional homogeneity; E. Buckingham, Phys. Rev. 4, 345 (1914), doi:10.1103/PhysRev.4.345", measure}};

}  // namespace
}  // namespace nusselt
