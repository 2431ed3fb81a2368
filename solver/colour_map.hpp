// Colour maps whose lightness changes evenly, so that the eye sees the field and not the map. No rainbow.
#pragma once

#include <cstdint>

namespace nusselt {

/// sRGB, 0 to 255.
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  friend bool operator==(const Colour&, const Colour&) = default;
};

/// `viridis` and `magma`: S. van der Walt and N. Smith, 2015, CC0; `cividis`: J. Nunez, C. Anderton, R. Renslow, PLoS
/// ONE 13 (2018) e0199239, doi:10.1371/journal.pone.0199239. All three rise in lightness and are safe for colour-blind
/// eyes. `blue_white_red` diverges: equal lightness at equal distance from its white middle.
enum class ColourMap { viridis, cividis, magma, blue_white_red };

/// `position` 0 is the lower end, 1 the upper; values outside are clamped. Not a number gives the grey of missing data.
Colour colour_at(ColourMap map, double position);

/// The grey of missing data.
inline constexpr Colour missing_colour{214, 214, 214};

/// CIE lightness L* of a colour, 0 (black) to 100 (white).
double lightness(Colour colour);

}  // namespace nusselt
