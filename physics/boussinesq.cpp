// Natural and mixed convection in the Oberbeck-Boussinesq approximation: the density varies with temperature in the
// buoyancy alone (Gray & Giorgini, Int. J. Heat Mass Transfer 19, 1976, 545, doi:10.1016/0017-9310(76)90168-X).
// Gravity points along -y; the pressure is measured from the hydrostatic pressure at T0.
#include "physics/system.hpp"

namespace nusselt {
namespace {

void boussinesq(System& s) {
  const auto rho = s.constant<Density>("rho", "density at T0");
  const auto mu = s.constant<DynamicViscosity>("mu", "dynamic viscosity");
  const auto cp = s.constant<SpecificHeat>("cp", "specific heat capacity");
  const auto k = s.constant<Conductivity>("k", "thermal conductivity");
  const auto beta = s.constant<Expansion>("beta", "thermal expansion coefficient");
  const auto g = s.constant<Acceleration>("g", "gravity, along -y");
  const auto T0 = s.constant<Temperature>("T0", "temperature of no buoyancy");

  const auto velocity = s.velocity();
  const auto& [u, v, w] = velocity;
  const auto p = s.field<Pressure>("p", "pressure above hydrostatic");
  const auto T = s.field<Temperature>("T", "temperature");

  s.equation("continuity", dx(u) + dy(v) + dz(w));
  if (s.axes()[axis_x]) s.equation("momentum_x", rho * (dt(u) + advect(velocity, u)) + dx(p) - mu * lap(u));
  if (s.axes()[axis_y]) {
    s.equation("momentum_y", rho * (dt(v) + advect(velocity, v)) + dy(p) - mu * lap(v) - rho * g * beta * (T - T0));
  }
  if (s.axes()[axis_z]) s.equation("momentum_z", rho * (dt(w) + advect(velocity, w)) + dz(p) - mu * lap(w));
  s.equation("energy", rho * cp * (dt(T) + advect(velocity, T)) - k * lap(T));

  s.conserve("mass", std::array{rho * u, rho * v, rho * w}, zero<Density>(), zero<MassSource>(),
             {System::times(rho, "continuity")});
  const auto heat = rho * cp * (T - T0);
  s.conserve("energy", std::array{heat * u - k * dx(T), heat * v - k * dy(T), heat * w - k * dz(T)},
             s.is_transient() ? heat : zero<Times<PowerDensity, Time>>(), zero<PowerDensity>(),
             {System::whole("energy"), System::times(heat, "continuity")});
}

const RegisterPhysics entry({"boussinesq", "buoyant incompressible flow with heat (Oberbeck-Boussinesq)", boussinesq});

}  // namespace
}  // namespace nusselt
