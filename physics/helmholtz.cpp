// Sound of one frequency, and every other time-harmonic wave in a uniform medium: the Helmholtz equation (Morse &
// Ingard, Theoretical Acoustics, 1968). What drives it is given under `sources`.
#include "physics/system.hpp"

namespace nusselt {
namespace {

void helmholtz(System& s) {
  const auto k = s.constant<Wavenumber>("k", "wave number, angular frequency over the speed of sound");
  const auto p = s.field<Pressure>("p", "amplitude of the pressure");

  s.equation("wave", lap(p) + k * k * p);
}

const RegisterPhysics entry({"helmholtz", "time-harmonic pressure waves (Helmholtz equation)", helmholtz,
                             "its waves oscillate at one frequency, and p is their amplitude"});

}  // namespace
}  // namespace nusselt
