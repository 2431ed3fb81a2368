// A case that demonstrations share: air in a square cavity between a hot and a cold wall, on few points.
#pragma once

#include <string>

namespace nusselt {

inline constexpr const char* air_in_si =
    "T_hot: 305 [K], T_cold: 295 [K], T0: 300 [K], rho: 1.177 [kg/m^3], cp: 1005 [J/(kg K)], k: 0.0262 [W/(m K)], "
    "mu: 1.8e-5 [Pa s], beta: 0.0033333333333333335 [1/K], g: 9.81 [m/s^2], L: 0.02286 [m]";

/// `constants`: "T_hot: 305 [K], T_cold: ..."; `scales`: the lines that make it dimensionless.
inline std::string demonstration_cavity(std::string constants, const std::string& scales =
                                                                   "scales: {references: [L, U, rho, dT], "
                                                                   "temperature_level: T0}\n") {
  for (std::size_t comma; (comma = constants.find(", ")) != std::string::npos;) constants.replace(comma, 2, "\n  ");
  return "case: cavity\nphysics: boussinesq\nconstants:\n  dT: T_hot - T_cold\n  U: sqrt(g*beta*dT*L)\n  " + constants +
         "\n"
         "domain: {box: {x: [0 m, L], y: [0 m, L]}}\n" +
         scales +
         "conditions:\n"
         "  - {at: [x-, x+, y-, y+], u: 0, v: 0}\n"
         "  - {at: x-, T: T_hot}\n"
         "  - {at: x+, T: T_cold}\n"
         "  - {at: [y-, y+], insulated: dn(T) = 0}\n"
         "network: {depth: 2, width: 6}\n"
         "points: {interior: 36, boundary: 6, sampling: gauss}\n"
         "optimizer: {name: levenberg_marquardt}\n"
         "threads: 1\n";
}

}  // namespace nusselt
